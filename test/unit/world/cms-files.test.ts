import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ask, askAsReader, cmsForFile } from "./cms-visit.ts";

const cms = cmsForFile();
const course = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const pdf = `${course}/syllabus/syllabus.pdf`;
const fluids = "/courses/earth-and-sky/es-220-fluids-at-rest-fall-2020";

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

describe("a file of the CMS", () => {
  test("comes with its type, length and date", async () => {
    const answer = await ask(cms(), pdf);
    expect(answer.headers.get("content-type")).toBe("application/pdf");
    expect(answer.headers.get("last-modified")).toBe("Mon, 02 Mar 2020 09:15:00 GMT");
    const body = await bytesOf(answer);
    expect(answer.headers.get("content-length")).toBe(String(body.length));
    expect(body.subarray(0, 8).toString()).toBe("%PDF-1.4");
  });

  test("is not sent again when unchanged, and is after a change", async () => {
    const since = { "if-modified-since": "Mon, 02 Mar 2020 09:15:00 GMT" };
    const week = `${course}/lecture-notes/week-2.pdf`;
    const unchanged = await ask(cms(), week, { headers: since });
    expect([unchanged.status, (await bytesOf(unchanged)).length]).toEqual([304, 0]);
    cms().replace(week, Buffer.from("%PDF-1.4 new"));
    const changed = await ask(cms(), week, { headers: since });
    expect([changed.status, (await bytesOf(changed)).toString()]).toEqual([200, "%PDF-1.4 new"]);
  });

  test("gives a range of its bytes, unless it changed since", async () => {
    const whole = await bytesOf(await ask(cms(), pdf));
    const part = await ask(cms(), pdf, { headers: { range: "bytes=10-19" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 10-19/${whole.length}`);
    expect(await bytesOf(part)).toEqual(whole.subarray(10, 20));
    const rest = await ask(cms(), pdf, { headers: { range: `bytes=${whole.length - 5}-` } });
    expect(await bytesOf(rest)).toEqual(whole.subarray(-5));
    const stale = { range: "bytes=10-19", "if-range": "Mon, 02 Mar 2019 09:15:00 GMT" };
    expect((await ask(cms(), pdf, { headers: stale })).status).toBe(200);
    const beyond = await ask(cms(), pdf, { headers: { range: `bytes=${whole.length}-` } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${whole.length}`]);
  });

  test("may differ from another by case alone", async () => {
    const small = await bytesOf(await ask(cms(), `${fluids}/assignments/q3.pdf`));
    const large = await bytesOf(await ask(cms(), `${fluids}/assignments/q3.PDF`));
    expect(small.equals(large)).toBe(false);
  });

  test("may be named with a space, or hold text that is not UTF-8", async () => {
    expect((await ask(cms(), `${fluids}/field%20trip/field%20notes.pdf`)).status).toBe(200);
    const latin =
      "/courses/numbers-and-shapes/ns-050-counting-carefully-fall-2018/assignments/names-latin1.txt";
    const answer = await ask(cms(), latin);
    expect(answer.headers.get("content-type")).toBe("text/plain;charset=iso-8859-1");
    expect((await bytesOf(answer)).includes(Buffer.from([0x5a, 0x6f, 0xeb]))).toBe(true);
  });
});

describe("HEAD", () => {
  test("lies about pages: the type is a guess from the name, there is no length", async () => {
    const head = async (path: string): Promise<(string | null)[]> => {
      const { headers } = await askAsReader(cms(), path, { method: "HEAD" });
      return [headers.get("content-type"), headers.get("content-length")];
    };
    expect(await head(`${course}/syllabus`)).toEqual(["application/octet-stream", null]);
    expect(await head(`${fluids}/worked-examples/31.6-worked-example`)).toEqual([
      "application/octet-stream",
      null,
    ]);
    expect(await head(`${course}/index.htm`)).toEqual(["text/html", null]);
    const { length } = await bytesOf(await ask(cms(), pdf));
    expect(await head(pdf)).toEqual(["application/pdf", String(length)]);
  });
});

describe("the demo's made-up files", () => {
  test("a PNG holds the pixels its header promises", async () => {
    const png = await bytesOf(await ask(cms(), `${course}/labs/gauge.png`));
    expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const pixelBytes = png.readUInt32BE(33);
    expect(inflateSync(png.subarray(41, 41 + pixelBytes)).length).toBe((width * 3 + 1) * height);
  });

  test("a PDF's cross-reference table points at its objects", async () => {
    const text = (await bytesOf(await ask(cms(), pdf))).toString("latin1");
    const table = Number(/startxref\n(\d+)\n%%EOF/.exec(text)?.[1]);
    const rows = [...text.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map((row) => Number(row[1]));
    expect(rows.length).toBe(6);
    rows.forEach((offset, at) => {
      expect(text.slice(offset, offset + 8)).toBe(`${at + 1} 0 obj\n`);
    });
  });

  test("a zip lists its files where they are", async () => {
    const zip = await bytesOf(await ask(cms(), `${course}/es-101-spring-2019.zip`));
    const end = zip.length - 22;
    expect(zip.readUInt32LE(end)).toBe(0x06054b50);
    const [count, directory] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 16)];
    let at = directory;
    for (let entry = 0; entry < count; entry += 1) {
      expect(zip.readUInt32LE(at)).toBe(0x02014b50);
      expect(zip.readUInt32LE(zip.readUInt32LE(at + 42))).toBe(0x04034b50);
      at += 46 + zip.readUInt16LE(at + 28);
    }
    expect([count, at]).toEqual([5, end]);
  });
});
