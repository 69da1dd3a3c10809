/**
 * The wait that a Retry-After header asks for, in milliseconds: seconds or a date (RFC 9110, section 10.2.3).
 * Undefined when there is none or it cannot be read.
 */
export function retryAfterMsOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - now.getTime());
}
