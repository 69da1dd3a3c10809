import { PublishError } from "../errors/publish-error.ts";
import type { Egress } from "../ports/egress.ts";
import { isSpecialAddress, parseAddress } from "./ip-address.ts";

/** A host that requests may go to. */
export interface EgressRule {
  /** "name:port", an IPv6 address in brackets; without a port, the default ports of http and https. */
  readonly host: string;
  /** True if its address may be private, loopback or link-local. */
  readonly allowPrivate: boolean;
}

/**
 * The policy that lets requests go to the named hosts only, and to the public addresses of those that a
 * pattern stands for: `*.example.org` for every name below example.org, `*` for every host, each with or
 * without a port. The spellings that hide an address (decimal, octal, hexadecimal, IPv4 within IPv6) are
 * judged by the address they mean. Throws `invalid-config` for a rule that names no host.
 */
export function egressPolicy(rules: readonly EgressRule[], patterns: readonly string[] = []): Egress {
  const named = new Set<string>();
  const privateHosts = new Map<string, boolean>();
  for (const rule of rules) {
    const { hostname, ports } = parseRule(rule.host);
    for (const port of ports) named.add(`${hostname}:${port}`);
    privateHosts.set(hostname, rule.allowPrivate || privateHosts.get(hostname) === true);
  }
  const wild = patterns.map(parsePattern);
  const isWild = (hostname: string, port?: string): boolean =>
    wild.some(
      ({ suffix, ports }) => hostname.endsWith(suffix) && (port === undefined || ports.includes(port)),
    );
  const egress: Egress = {
    check(url) {
      if (url.protocol !== "http:" && url.protocol !== "https:")
        throw new PublishError("refused", `no request by ${url.protocol} is allowed, only http and https`);
      if (url.username !== "" || url.password !== "")
        throw new PublishError("refused", `no credentials in a URL are allowed (host ${url.hostname})`);
      const port = url.port === "" ? defaultPortOf(url.protocol) : url.port;
      const isNamed = named.has(`${url.hostname}:${port}`);
      // Where private addresses are allowed, only the ports are that stand beside the name.
      if (!isNamed && (privateHosts.get(url.hostname) === true || !isWild(url.hostname, port)))
        throw new PublishError(
          "refused",
          `no request to ${url.hostname}:${port} is allowed: the configuration does not name it`,
        );
      const literal = url.hostname.replace(/^\[|\]$/g, "");
      if (parseAddress(literal) !== undefined) egress.checkAddress(url.hostname, literal);
    },
    checkAddress(host, address) {
      const name = normalHostname(host);
      const allowPrivate = privateHosts.get(name);
      if (allowPrivate === undefined && !isWild(name))
        throw new PublishError(
          "refused",
          `no request to ${name} is allowed: the configuration does not name it`,
        );
      const bytes = parseAddress(address);
      if (bytes === undefined)
        throw new PublishError(
          "refused",
          `${name} resolved to what is no address: ${JSON.stringify(address)}`,
        );
      if (isSpecialAddress(bytes) && allowPrivate !== true)
        throw new PublishError(
          "refused",
          `${name} resolved to ${address}, which is not public: allow that for the host if it is right`,
        );
    },
  };
  return egress;
}

function parseRule(host: string): { hostname: string; ports: readonly string[] } {
  const written = `http://${host}/`;
  if (!/^[^/?#@\\]+$/.test(host) || !URL.canParse(written))
    throw new PublishError(
      "invalid-config",
      `not a host to allow: ${JSON.stringify(host)}; write "name:port"`,
    );
  const { hostname } = new URL(written);
  // The URL parser drops ":80" as the default of http, so the port is read from the text.
  const port = /:(\d+)$/.exec(host)?.[1];
  return { hostname, ports: port === undefined ? ["80", "443"] : [String(Number(port))] };
}

/** The end of the hosts' names, and the ports. */
function parsePattern(pattern: string): { suffix: string; ports: readonly string[] } {
  const suffix = /^\*((?:\.[^*]+)?)$/.exec(pattern.replace(/:\d+$/, ""))?.[1];
  if (suffix === undefined)
    throw new PublishError(
      "invalid-config",
      `not a pattern of hosts to allow: ${JSON.stringify(pattern)}; write "*.name" or "*"`,
    );
  const { hostname, ports } = parseRule(pattern.replace(/^\*\.?/, "any."));
  return { suffix: suffix === "" ? "" : hostname.slice("any".length), ports };
}

function normalHostname(host: string): string {
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return URL.canParse(`http://${bracketed}/`) ? new URL(`http://${bracketed}/`).hostname : host;
}

function defaultPortOf(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
