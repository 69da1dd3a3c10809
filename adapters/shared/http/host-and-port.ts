/** The host of a URL with its port, also where that is the scheme's own: as the egress policy names hosts. */
export function hostAndPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
