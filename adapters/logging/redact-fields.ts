const mask = "[secret]";
const depthMax = 12;
const countMax = 200;

// By parts of the name, so that authToken, x-api-key and set-cookie are covered too.
const secretKey =
  /pass(?:word|wd|phrase)|token|secret|authorization|cookie|credential|api-?key|private-?key/i;
const secretTexts: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic|EG1-HMAC-SHA256)\s+[^\s"',]+.*$/gim, `$1 ${mask}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${mask}@`],
];

/**
 * A copy of anything that may be printed: values under names of secrets are masked at every depth, as are
 * credentials within texts; errors become their name, code, message, stack and causes, through the same
 * sieve. Bounded in depth and breadth, and safe with cycles.
 */
export function redactFields(value: unknown): unknown {
  return redact(value, depthMax, []);
}

function redact(value: unknown, depth: number, parents: readonly object[]): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (parents.includes(value)) return "[circular]";
  if (depth === 0) return "[too deep]";
  const inner = (part: unknown) => redact(part, depth - 1, [...parents, value]);
  if (value instanceof Error) return redactError(value, inner);
  if ("toJSON" in value && typeof value.toJSON === "function") return inner(value.toJSON());
  if (Array.isArray(value)) return value.slice(0, countMax).map(inner);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map)
    return redactEntries(
      Array.from(value, ([key, part]) => [String(key), part]),
      inner,
    );
  if (value instanceof Set) return inner([...value]);
  return redactEntries(Object.entries(value), inner);
}

function redactEntries(entries: readonly [string, unknown][], inner: (part: unknown) => unknown) {
  return Object.fromEntries(
    entries
      .slice(0, countMax)
      .map(([key, part]) => [key, secretKey.test(key) && isTelling(part) ? mask : inner(part)]),
  );
}

// A count of tokens tells nothing, and neither does an absent password.
function isTelling(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

// Of an error's own fields only the code is kept: those of HTTP clients hold whole requests with headers.
function redactError(error: Error, inner: (part: unknown) => unknown): unknown {
  const { name, message, stack, cause } = error;
  const code = "code" in error ? error.code : undefined;
  const errors = error instanceof AggregateError ? error.errors : undefined;
  return inner({ type: name, code, message, stack, cause, errors });
}

function redactText(text: string): string {
  return secretTexts.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
