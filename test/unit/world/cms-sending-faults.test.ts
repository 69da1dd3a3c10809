import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ask, cmsForFile } from "./cms-visit.ts";

const cms = cmsForFile();
const course = "/courses/earth-and-sky/es-101-reading-the-tides-spring-2019";
const pdf = `${course}/syllabus/syllabus.pdf`;
const image = `${course}/labs/gauge.png`;

/** All bytes that come on a connection of its own for one request, until the CMS ends it or it is enough. */
const readWire = async (path: string, bytesMax = Number.POSITIVE_INFINITY) => {
  const socket = connect(cms().port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: cms\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  let error: Error | undefined;
  socket.on("error", (thrown) => {
    error = thrown;
  });
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (Buffer.concat(chunks).length >= bytesMax) socket.destroy();
  });
  await new Promise((resolve) => socket.on("close", resolve));
  const all = Buffer.concat(chunks);
  const end = all.indexOf("\r\n\r\n");
  const head = all.subarray(0, end).toString();
  const promised = /^content-length: (\d+)/im.exec(head)?.[1];
  return { head, promised: Number(promised), body: all.subarray(end + 4), error };
};

const bytesOf = async (path: string, headers: Record<string, string> = {}): Promise<Buffer> =>
  Buffer.from(await (await ask(cms(), path, { headers })).arrayBuffer());

describe("the faults in the way of an answer", () => {
  test("slow-loris sends byte by byte, and the rest when it is lifted", async () => {
    const whole = await bytesOf(image);
    const lift = await cms().inject({ name: "slow-loris", path: /gauge/ });
    const answer = await ask(cms(), image);
    const reader = answer.body?.getReader();
    const chunks = [await reader?.read(), await reader?.read(), await reader?.read()].map((read) =>
      Buffer.from(read?.value ?? []),
    );
    expect(answer.headers.get("content-length")).toBe(String(whole.length));
    expect(Buffer.concat(chunks).length).toBeLessThan(50);
    await lift();
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
      chunks.push(Buffer.from(read.value));
    expect(Buffer.concat(chunks).equals(whole)).toBe(true);
  });

  test.each([1_000, -1_000])("wrong-length is off by %i, all bytes come, the connection ends", async (by) => {
    const whole = await bytesOf(pdf);
    const lift = await cms().inject({ name: "wrong-length", path: /pdf/, byBytes: by });
    const { promised, body } = await readWire(pdf);
    expect([promised, body.equals(whole)]).toEqual([whole.length + by, true]);
    await lift();
  });

  test("broken-at-byte ends each answer there, and a range goes on from any byte", async () => {
    const whole = await bytesOf(pdf);
    const lift = await cms().inject({ name: "broken-at-byte", path: /pdf/, atByte: 2_500 });
    const { promised, body, head } = await readWire(pdf);
    expect([promised, body.equals(whole.subarray(0, 2_500))]).toEqual([whole.length, true]);
    const validator = /^last-modified: (.*)$/im.exec(head)?.[1] ?? "";
    const headers = { range: "bytes=5000-", "if-range": validator };
    expect(await bytesOf(pdf, headers)).toEqual(whole.subarray(5_000));
    await expect(bytesOf(pdf, { ...headers, range: "bytes=2500-" })).rejects.toThrow();
    await lift();
    expect(await bytesOf(pdf, { ...headers, range: "bytes=2500-" })).toEqual(whole.subarray(2_500));
    cms().replace(pdf, Buffer.from("%PDF-1.4 another"));
    expect(String(await bytesOf(pdf, headers))).toBe("%PDF-1.4 another");
  });

  test("endless-body goes on for as long as somebody reads, and ends when it is lifted", async () => {
    const lift = await cms().inject({ name: "endless-body", path: /gauge/ });
    const { head, body } = await readWire(image, 3_000_000);
    expect(head).toMatch(/transfer-encoding: chunked/i);
    expect(body.length).toBeGreaterThan(2_900_000);
    const answer = await ask(cms(), image);
    await lift();
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  test("connection-reset resets", async () => {
    const lift = await cms().inject({ name: "connection-reset", path: /gauge/ });
    expect((await readWire(image)).error).toMatchObject({ code: "ECONNRESET" });
    await lift();
  });

  test("gzip-bomb unfolds a thousandfold", async () => {
    const lift = await cms().inject({ name: "gzip-bomb", path: /gauge/ });
    const { head, body } = await readWire(image);
    expect(head).toMatch(/content-encoding: gzip/i);
    expect([body.length < 50_000, gunzipSync(body).length]).toEqual([true, 40_000_000]);
    await lift();
  });
});

describe("the faults in place of an answer", () => {
  test("endless-redirects leads on and on", async () => {
    const lift = await cms().inject({ name: "endless-redirects", path: /\/maze\d*$/ });
    const seen: (string | null)[] = [];
    let path = `${course}/maze`;
    for (let step = 0; step < 3; step += 1) {
      const { status, headers } = await ask(cms(), path);
      expect(status).toBe(302);
      path = new URL(headers.get("location") ?? "").pathname;
      seen.push(path);
    }
    expect(seen).toEqual([1, 2, 3].map((number) => `${course}/maze${number}`));
    await lift();
  });

  test("wrong-type is HTML with status 200 in the place of a PDF", async () => {
    const lift = await cms().inject({ name: "wrong-type", path: /\.pdf$/ });
    const { status, headers } = await ask(cms(), pdf);
    expect([status, headers.get("content-type")]).toEqual([200, "text/html;charset=utf-8"]);
    await lift();
  });

  test("rate-limit says 429 and when to come again, so many times", async () => {
    await cms().inject({ name: "rate-limit", path: /gauge/, retryAfterS: 7, times: 1 });
    const { status, headers } = await ask(cms(), image);
    expect([status, headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await ask(cms(), image)).status).toBe(200);
  });
});

test("something can be done when the nth matching request comes, before its answer", async () => {
  const page = `${course}/labs/note.txt`;
  let arrived = 0;
  const second = cms().when(
    /gauge/,
    () => {
      arrived = cms().requests().length;
      cms().replace(image, Buffer.from("another"));
    },
    2,
  );
  const before = cms().requests().length;
  expect((await bytesOf(image)).length).toBeGreaterThan(100);
  await ask(cms(), page);
  expect(String(await bytesOf(image))).toBe("another");
  await second;
  expect(arrived).toBe(before + 3);
  const failing = cms().when(/note/, () => cms().remove("/nowhere"));
  const failed = expect(failing).rejects.toThrow("holds no /nowhere");
  expect((await ask(cms(), page)).status).toBe(404);
  await failed;
});
