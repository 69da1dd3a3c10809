/** Writes a decoded path as it stands in a URL: each segment percent-encoded, as Zope quotes it. */
export const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
