import type { LibraryFacts } from "./library-facts.ts";
import * as html from "./library-page.ts";

/** A generation, as the page about the copy tells of it. */
export interface CopyFacts extends Omit<LibraryFacts, "modules"> {
  readonly number: number;
  readonly madeAt: Date;
  /** That of the program. */
  readonly version: string;
  /** Of everything besides the catalogue. */
  readonly totals: { readonly fileCount: number; readonly bytes: number };
}

const { about, index } = html.libraryPagePaths;
const code = (text: string): string => `<pre><code>${html.escapeHtml(text)}</code></pre>`;
const row = (name: string, value: string): string => `<dt>${name}</dt>\n<dd>${value}</dd>`;

/** The page "about this copy" of a generation: what it is, how to verify it and how to update it. */
export function aboutPage(copy: CopyFacts): string {
  const { siteName, publicUrl, selection, licence, contact, totals } = copy;
  const without = new Intl.ListFormat("en").format(selection.without);
  return html.libraryPage(copy, about, {
    title: "About this copy",
    intro: `<p>This is a copy of ${html.liveLink(publicUrl, siteName)} that works without a network.</p>`,
    main: `<dl>
${row("Date", html.dayText(copy.madeAt))}
${row("Generation", String(copy.number))}
${row("Selection", html.escapeHtml(selection.name) + (without === "" ? "" : `, without ${without}`))}
${row("Size", `${html.countText(totals.fileCount, "file")}, ${html.sizeText(totals.bytes)}`)}
${row("Made by", `ocw-engine ${html.escapeHtml(copy.version)}`)}
${licence === undefined ? "" : row("Licence", html.liveLink(licence.url, licence.name))}
${contact === undefined ? "" : row("Contact", html.escapeHtml(contact))}
</dl>
${copy.leftOut.length > 0 ? `<p>${html.linkTo(about, index, "The library")} names what is left out.</p>` : ""}
<h2>How to verify it</h2>
<p>Each file's checksum stands in <code>SHA256SUMS</code>. On Windows open <code>verify.cmd</code>; on
Linux and macOS type</p>
${code("sh verify.sh")}
<p>or, where there is <code>sha256sum</code>,</p>
${code("sha256sum --quiet -c SHA256SUMS")}
${signatureText(copy)}
<h2>How to update it</h2>
${updateText(copy)}`,
  });
}

const verifyCommand = `ssh-keygen -Y verify -f allowed_signers -I publisher -n ocw-mirror \\
  -s SHA256SUMS.sig < SHA256SUMS`;

function signatureText({ signerKeyFingerprint, publicUrl, contact, siteName }: CopyFacts): string {
  if (signerKeyFingerprint === undefined) return "<p>This copy is not signed.</p>";
  const source = contact === undefined ? html.liveLink(publicUrl, siteName) : html.escapeHtml(contact);
  return `<p>Checksums show damage. That nobody changed the copy on its way to you is shown by its signature:
put the word <code>publisher</code>, a space and the public key of the publisher as one line into a file
<code>allowed_signers</code>, then type</p>
${code(verifyCommand)}
<p>Ask for the public key where you trust it, not on this drive: from ${source}. The fingerprint of the key
that signed this copy, as <code>ssh-keygen -lf</code> prints it, is
<code>${html.escapeHtml(signerKeyFingerprint)}</code>.</p>`;
}

function updateText({ updateFrom, number }: CopyFacts): string {
  const stick = `<p>Without a network: ask whoever gave you this copy for an update stick from generation
${number}. It holds only what changed since.</p>`;
  if (updateFrom === undefined) return stick;
  const from = `${updateFrom.replace(/\/+$/, "")}/`;
  const pull = (to: string) => `rsync -rt --delete-delay --partial --modify-window=2 ${from} ${to}`;
  return `<p>With a network, by rsync, which fetches only what changed; it may be stopped and started again.
On Linux and macOS, with the folder that this copy is in,</p>
${code(pull("/path/to/this/copy/"))}
<p>On Windows in the Windows Subsystem for Linux, for a copy on drive E:</p>
${code(`sudo mkdir -p /mnt/e && sudo mount -t drvfs E: /mnt/e\n${pull("/mnt/e/")}`)}
${stick}`;
}
