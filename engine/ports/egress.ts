/**
 * The one policy for outgoing HTTP. A URL is checked before each request, also after each redirect; an
 * address is checked after its name was resolved, so that a name cannot lead to an address that is not
 * allowed.
 */
export interface Egress {
  /** Throws a `refused` PublishError for a scheme, host or port that the configuration does not name. */
  check(url: URL): void;
  /**
   * Throws `refused` for an address that is private, loopback or link-local, unless configured for that host.
   */
  checkAddress(host: string, address: string): void;
}
