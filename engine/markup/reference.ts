/** The quote around a value: `""` (empty) when there is none. */
export type Quote = '"' | "'" | "";

/**
 * What a reference is for. `link` leads elsewhere; `requisite` is needed to show the page; `frame` is a
 * page within the page; `base` is what others resolve against: those of the page, or those of its own applet
 * or object; `form` is where a form is sent; `canonical` is where the page itself is at home.
 */
export type ReferenceKind = "link" | "requisite" | "frame" | "base" | "form" | "canonical";

/**
 * How the URL is written down: the whole of an attribute, one candidate of a srcset, `url()` in CSS, a bare
 * string in CSS (`@import "a"`, image-set, AlphaImageLoader), one within a string (`-ms-filter`), the URL
 * within the content of a meta refresh, one name of an `archive` list, a string that a handler or a
 * `javascript:` URL navigates to, or the text of an element of XML, which may be CDATA.
 */
export type ReferenceSyntax =
  | "attribute"
  | "srcset"
  | "css-url"
  | "css-string"
  | "css-filter"
  | "refresh"
  | "list"
  | "script-string"
  | "script-url"
  | "text"
  | "cdata";

/**
 * The quotes around a reference, from outside in: they decide what must be escaped in a URL written there.
 */
export interface Quoting {
  /**
   * The quote of the attribute that holds the reference; `<` where it is text of an element with character
   * references. Absent in style sheets, style elements of HTML and CDATA.
   */
  readonly attribute?: Quote | "<";
  /** The quote of the string, of `url()`, or of the URL in a meta refresh; absent for other syntaxes. */
  readonly inner?: Quote;
}

/** One URL in a document, with its place in the original bytes. */
export interface Reference {
  /** Byte offset of the first byte of the URL as it is written, without quotes and surrounding space. */
  readonly start: number;
  /** Byte offset behind its last byte. */
  readonly end: number;
  /**
   * The URL as a browser reads it: decoded from the charset, character references and CSS escapes, trimmed.
   * It may keep the whole document in memory.
   */
  readonly url: string;
  readonly kind: ReferenceKind;
  /** The lower-case name of the element; empty in a style sheet of its own. */
  readonly element: string;
  /**
   * The lower-case name of the attribute; for CSS, wherever it stands, what holds the URL: `@import`, `url`,
   * `image-set` or `filter` (a filter's URL resolves against the document, never against the style sheet).
   */
  readonly attribute: string;
  readonly syntax: ReferenceSyntax;
  readonly quoting: Quoting;
  /** What the URL resolves against before the base of the page: the `codebase` of its element. */
  readonly codebase?: string;
  /** Byte offset of the `<` of the tag that has the attribute; absent for CSS and text. */
  readonly tagStart?: number;
}

/** The languages in which URLs are found. Standalone SVG, feeds and sitemaps are `xml`; XHTML is `html`. */
export type Language = "html" | "css" | "xml";

/**
 * The name of an encoding as TextDecoder gives it (WHATWG Encoding §4.2): ASCII-compatible, or utf-16le and
 * utf-16be.
 */
export type Encoding = string;

/** How to read the bytes of a document; utf-8 unless told. */
export interface ReadOptions {
  readonly encoding?: Encoding;
}
