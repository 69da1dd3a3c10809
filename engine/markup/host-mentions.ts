import type { Span } from "./span.ts";

/** A place in a text that names a host. In a URL it begins with the scheme, or the slashes, before it. */
export interface HostMention extends Span {
  /** In lower case, with its port. */
  readonly host: string;
  /** How the slashes before the host are written; absent where it stands by itself. */
  readonly slashes?: string;
}

/** All before a host in a URL, as pages, scripts and forms write it; of other schemes nothing. */
const urlStart = /(?:https?(?::|%3A)|(?<!:|%3A))(\/\/|\\\/\\\/|%2F%2F)(?:[^\s/\\@"'<>]{1,200}@)?$/i;
const urlStartLengthMax = 240;

/** The end of a longer name, or of the name in an e-mail address. */
const nameBefore = /[\w@]$|[a-z0-9][.-]$/i;
const escapeBefore = /(?:%(?!40)[0-9a-f]{2}|\\(?:[bfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}))$/i;

/**
 * Where a text names one of the hosts (as `URL.host` gives them): in URLs, also as scripts and forms write
 * them ("http:\/\/cms.example\/", "http%3A%2F%2Fcms.example"), and, if the host has a dot or a port, by
 * itself, but not in an e-mail address or a longer name. A port that follows belongs to it.
 */
export function* findHostMentions(text: string, hosts: readonly string[]): Generator<HostMention> {
  if (hosts.length === 0) return;
  const pattern = patterns.get(hosts) ?? patternOfAll(hosts);
  patterns.set(hosts, pattern);
  let end = 0;
  for (;;) {
    // Others may use the pattern meanwhile.
    pattern.lastIndex = end;
    const found = pattern.exec(text);
    if (found === null) return;
    const { index, 0: written } = found;
    const before = text.slice(Math.max(end, index - urlStartLengthMax), index);
    end = index + written.length;
    const host = written.toLowerCase().replace("%3a", ":");
    const [start, slashes] = urlStart.exec(before) ?? [];
    const isTelling = host.includes(".") || (host.includes(":") && hosts.includes(host));
    if (start !== undefined && slashes !== undefined)
      yield { start: index - start.length, end, host, slashes };
    else if (isTelling && (!nameBefore.test(before) || escapeBefore.test(before)))
      yield { start: index, end, host };
  }
}

/** To make one takes longer than to look through a URL with it. */
const patterns = new WeakMap<readonly string[], RegExp>();

function patternOfAll(hosts: readonly string[]): RegExp {
  const names = hosts.toSorted((a, b) => b.length - a.length).map(patternOf);
  return new RegExp(`(?:${names.join("|")})(?!\\w|[-.][a-z0-9])`, "gi");
}

/** A host in whatever case, its port also after an escaped colon; a port that it has not been given fits. */
function patternOf(host: string): string {
  const [, name = host, port = "\\d{1,5}"] = /^(.*):(\d+)$/.exec(host) ?? [];
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `${escaped}(?:(?::|%3A)${port})${name === host ? "?" : ""}`;
}
