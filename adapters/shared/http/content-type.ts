/**
 * What a Content-Type header says (RFC 9110, section 8.3): lower case, "application/octet-stream" when
 * absent.
 */
export function parseContentType(header: string | undefined): { mediaType: string; charset?: string } {
  const [type = "", ...parameters] = (header ?? "").split(";");
  const mediaType = type.trim().toLowerCase() || "application/octet-stream";
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^\s"]+)"?\s*$/i.exec(parameter)?.[1];
    if (charset !== undefined) return { mediaType, charset: charset.toLowerCase() };
  }
  return { mediaType };
}
