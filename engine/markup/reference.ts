/** The quote around a value: `""` (empty) when there is none. */
export type Quote = '"' | "'" | "";

/**
 * What a reference is for. `link` leads elsewhere; `requisite` is needed to show the page; `frame` is a
 * page within the page; `base` is what the others resolve against; `form` is where a form is sent.
 */
export type ReferenceKind = "link" | "requisite" | "frame" | "base" | "form";

/**
 * How the URL is written down: the whole of an attribute, one candidate of a srcset, `url()` in CSS, a bare
 * string in CSS (`@import "a"`, image-set, AlphaImageLoader), or the URL within the content of a meta
 * refresh.
 */
export type ReferenceSyntax = "attribute" | "srcset" | "css-url" | "css-string" | "refresh";

/**
 * The quotes around a reference, from outside in: they decide what must be escaped in a URL written there.
 */
export interface Quoting {
  /** The quote of the HTML attribute that holds the reference; absent in style sheets and style elements. */
  readonly attribute?: Quote;
  /** The quote of the CSS string, of `url()`, or of the URL in a meta refresh; absent for other syntaxes. */
  readonly inner?: Quote;
}

/** One URL in a page or style sheet, with its place in the original bytes. */
export interface Reference {
  /** Byte offset of the first byte of the URL as it is written, without quotes and surrounding space. */
  readonly start: number;
  /** Byte offset behind its last byte. */
  readonly end: number;
  /**
   * The URL as a browser reads it: decoded from the charset, character references and CSS escapes, trimmed.
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
}

/** The charsets in which URLs are read. As in browsers, iso-8859-1 is a name for windows-1252. */
export type Encoding = "utf-8" | "windows-1252" | "iso-8859-1";

/** How to read the bytes of a page or style sheet; utf-8 unless told. */
export interface ReadOptions {
  readonly encoding?: Encoding;
}
