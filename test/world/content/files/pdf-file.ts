import { seededBytes } from "../seeded-random.ts";

const escapeText = (text: string): string => text.replace(/[\\()]/g, (mark) => `\\${mark}`);

const streamObject = (dictionary: string, stream: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${dictionary}/Length ${stream.length} >>\nstream\n`),
    stream,
    Buffer.from("\nendstream"),
  ]);

const pageStream = (lines: readonly string[]): Buffer => {
  const shown = lines.map((line, at) => `${at === 0 ? "72 720 Td" : "0 -16 Td"} (${escapeText(line)}) Tj`);
  return Buffer.from(`BT /F1 12 Tf ${shown.join(" ")} ET`, "latin1");
};

/**
 * Makes a valid one-page PDF 1.4 (ISO 32000-1 §7.5) that shows the lines, in Helvetica.
 * An unused stream of seeded bytes brings it to about `sizeBytes`.
 */
export const pdfFile = (lines: readonly string[], sizeBytes = 2_000): Buffer => {
  const text = pageStream(lines);
  const ballast = seededBytes(lines.join("\n"), Math.max(0, sizeBytes - text.length - 800));
  const objects = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    Buffer.from(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R " +
        "/Resources << /Font << /F1 5 0 R >> >> >>",
    ),
    streamObject("", text),
    Buffer.from("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
    streamObject("", ballast),
  ];
  const parts = [Buffer.from("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n", "latin1")];
  const offsets: number[] = [];
  let written = parts[0]?.length ?? 0;
  objects.forEach((object, at) => {
    const part = Buffer.concat([Buffer.from(`${at + 1} 0 obj\n`), object, Buffer.from("\nendobj\n")]);
    offsets.push(written);
    written += part.length;
    parts.push(part);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}`;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${written}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + trailer)]);
};
