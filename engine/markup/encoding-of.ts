import { isUtf8 } from "node:buffer";
import { PublishError } from "../errors/publish-error.ts";
import type { Encoding, Language } from "./reference.ts";

/** How much of a document may declare its encoding, as in browsers. */
const headBytes = 1024;

/**
 * Labels of encodings in which a byte of ASCII does not always mean its character, and URLs cannot be seen.
 */
const unreadable = /^(?:iso-2022|csiso2022|hz-|utf-?7|utf-?32|ucs-?4|replacement)/;

/** The comments and tags of HTML as its encoding is looked for: scripts and titles are not special yet. */
const tags = /<!--(?:-?>|[\s\S]*?-->|[\s\S]*$)|<\/?[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi;

const attributes = /([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/g;
const charsetInContent = /charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i;
const xmlDeclaration = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/;
const styleDeclaration = /^@charset "([^"]*)";/;

/**
 * The encoding of a document in the order of browsers (WHATWG HTML §13.2.3.2, CSS Syntax Level 3 §3.2, XML
 * 1.0 appendix F): a byte order mark, the charset of its Content-Type header, what its first 1024 bytes
 * declare; else utf-8 if it is valid utf-8, and windows-1252 if not. Labels that nobody knows are passed
 * over. Throws `corrupt` for an encoding in which URLs could not be found.
 */
export function encodingOf(bytes: Uint8Array, declared: string | undefined, language: Language): Encoding {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString("latin1");
  const named = markedEncoding(head) ?? encodingNamed(declared) ?? declaredWithin(head, language);
  return named ?? (isUtf8(bytes) ? "utf-8" : "windows-1252");
}

/** The encoding that the first bytes of a page, one for each character, declare to who has no header. */
export function declaredEncoding(page: string): Encoding | undefined {
  const head = page.slice(0, headBytes);
  return markedEncoding(head) ?? declaredWithin(head, "html");
}

function markedEncoding(head: string): Encoding | undefined {
  if (head.startsWith("\xef\xbb\xbf")) return "utf-8";
  if (head.startsWith("\xff\xfe")) return "utf-16le";
  return head.startsWith("\xfe\xff") ? "utf-16be" : undefined;
}

function encodingNamed(label: string | undefined): Encoding | undefined {
  const name = label?.trim().toLowerCase();
  if (name === undefined || name === "utf-8" || name === "utf8") return name && "utf-8";
  if (unreadable.test(name))
    throw new PublishError("corrupt", `its charset ${JSON.stringify(name.slice(0, 40))} cannot be read`);
  try {
    return new TextDecoder(name).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function declaredWithin(head: string, language: Language): Encoding | undefined {
  if (language === "css") return encodingOfAscii(styleDeclaration.exec(head)?.[1]);
  if (head.startsWith("<\0?\0x\0")) return "utf-16le";
  if (head.startsWith("\0<\0?\0x")) return "utf-16be";
  const inMeta = language === "html" ? declaredInMeta(head) : undefined;
  return inMeta ?? encodingOfAscii(xmlDeclaration.exec(head)?.[1]);
}

function declaredInMeta(head: string): Encoding | undefined {
  for (const [tag] of head.matchAll(tags)) {
    if (!/^<meta[\s/]/i.test(tag)) continue;
    const values = new Map<string, string>();
    for (const [, name = "", double, single, bare] of tag.matchAll(attributes))
      if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), double ?? single ?? bare ?? "");
    const isContentType = values.get("http-equiv")?.toLowerCase() === "content-type";
    const content = isContentType ? charsetInContent.exec(values.get("content") ?? "") : null;
    const label = values.get("charset") ?? content?.[1] ?? content?.[2] ?? content?.[3];
    const encoding = encodingOfAscii(label);
    if (encoding !== undefined) return encoding;
  }
  return undefined;
}

/** The encoding that a declaration readable as ASCII names: it cannot itself stand in utf-16. */
function encodingOfAscii(label: string | undefined): Encoding | undefined {
  const encoding = encodingNamed(label);
  if (encoding?.startsWith("utf-16")) return "utf-8";
  return encoding === "x-user-defined" ? "windows-1252" : encoding;
}
