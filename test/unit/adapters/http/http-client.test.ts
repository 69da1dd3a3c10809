import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient } from "../../../../adapters/shared/http/http-client.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import { context, type HostileServer, startHostileServer, timeouts } from "./hostile-server.ts";

let server: HostileServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(answer: string | ((socket: Socket) => void)): Promise<HostileServer> {
  server = await startHostileServer(
    typeof answer === "string" ? (socket) => void socket.end(Buffer.from(answer, "latin1")) : answer,
  );
  return server;
}

const code = (name: string) => expect.objectContaining({ code: name });

describe("an HTTP request", () => {
  it("brings the answer as it came, of any status", async () => {
    const { client, get } = await serve(
      'HTTP/1.1 404 No\r\nContent-Length: 5\r\nETag: "x"\r\n' +
        "Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n\r\nhello",
    );
    const { status, headers, cookies, bytes } = await client.read(get(), context());
    expect({ status, etag: headers.etag, cookies }).toEqual({
      status: 404,
      etag: '"x"',
      cookies: ["a=1", "b=2; Path=/"],
    });
    expect(headers).not.toHaveProperty("set-cookie");
    expect(Buffer.from(bytes).toString()).toBe("hello");
  });

  it("posts a body", async () => {
    const { client, get, received } = await serve("HTTP/1.1 204 Done\r\n\r\n");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await client.read(get("/form", { method: "POST", headers, body: "a=1&b=2" }), context());
    expect(received.join("")).toMatch(
      /^POST \/form HTTP\/1\.1\r\n.*\r\ncontent-length: 7\r\n.*\r\n\r\na=1&b=2$/is,
    );
  });

  it("never follows a redirect", async () => {
    const { client, get, received } = await serve(
      "HTTP/1.1 302 Go\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
    );
    expect((await client.read(get("/a"), context())).headers.location).toBe("/b");
    expect(received).toHaveLength(1);
  });

  it("never tries again", async () => {
    const { client, get, received } = await serve(
      "HTTP/1.1 503 Later\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    );
    expect((await client.read(get(), context())).status).toBe(503);
    expect(received).toHaveLength(1);
  });
});

describe("a body", () => {
  it.each([
    ["shorter than declared", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
    ["chunked and cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["compressed and cut off", compressed(gzipSync("hello ".repeat(99)).subarray(0, -12))],
    ["compressed and shorter than declared", compressed(gzipSync("hello ".repeat(99))).slice(0, -12)],
    ["compressed badly", compressed(Buffer.from("not gzip at all"))],
    [
      "in an encoding nobody asked for",
      "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
    ],
  ])("promise 7: that is %s is found out on the way in", async (_, answer) => {
    const { client, get } = await serve(answer);
    await expect(client.read(get("/file.pdf?token=1"), context())).rejects.toThrowError(code("corrupt"));
  });

  it("that ends early is named, without its query", async () => {
    const { client, get, url } = await serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    const read = client.read(get("/file.pdf?token=1"), context());
    await expect(read).rejects.toThrowError(`GET ${url}/file.pdf`);
    await expect(read).rejects.toThrowError(/^(?!.*token)/);
  });

  it("may come in gzip though nobody asked", async () => {
    const { client, get, received } = await serve(compressed(gzipSync("hello")));
    const { bytes } = await client.read(get(), context());
    expect(Buffer.from(bytes).toString()).toBe("hello");
    expect(received.join("")).toMatch(/accept-encoding: identity/i);
  });

  it("that is a gzip bomb stops at the limit", async () => {
    const { client, get } = await serve(compressed(gzipSync(Buffer.alloc(50_000_000))));
    await expect(client.read(get(), context())).rejects.toThrowError(code("refused"));
  });

  it("that is endless stops at the limit, and its connection is let go", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { client, get } = await serve((socket) => {
      socket.on("close", () => resolve());
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, "x")));
      };
      socket.on("drain", more);
      more();
    });
    await expect(client.read(get(), context())).rejects.toThrowError(code("refused"));
    await left;
  });

  it("that its reader leaves is let go", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { client, get } = await serve((socket) => {
      socket.on("close", () => resolve());
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst");
    });
    const { body } = await client.send(get(), context());
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe("first");
      break;
    }
    await left;
  });
});

describe("an answer that is none", () => {
  it.each([
    ["corrupt", "not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["corrupt", "too large a head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(40_000)}\r\n\r\n`],
    ["corrupt", "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
    ["unavailable", "a connection that ends", ""],
  ])("is %s: %s", async (name, _, answer) => {
    const { client, get } = await serve(answer);
    await expect(client.read(get(), context())).rejects.toThrowError(code(name));
  });

  it("is unavailable where nothing listens", async () => {
    const { client, get, close } = await serve("");
    await close();
    const read = client.read(get(), context());
    await expect(read).rejects.toThrowError(code("unavailable"));
    await expect(read).rejects.toThrowError(/connection refused/);
  });

  it("is unavailable when it does not come in time", async () => {
    const { host, get } = await serve(() => undefined);
    const egress = egressPolicy([{ host, allowPrivate: true }]);
    const client = createHttpClient(egress, { ...timeouts, answerMs: 20 });
    await expect(client.read(get(), context())).rejects.toThrowError(code("unavailable"));
    client.close();
  });

  it("is cancelled with its signal", async () => {
    const controller = new AbortController();
    const { client, get } = await serve(() => controller.abort());
    await expect(client.read(get(), context(controller.signal))).rejects.toThrowError(code("cancelled"));
  });
});

describe("the egress policy of a client", () => {
  it("promise 12: no request leaves for a host that is not configured", async () => {
    const { client, get, received, host } = await serve("HTTP/1.1 200 OK\r\n\r\n");
    const port = host.split(":")[1];
    for (const url of [`http://localhost:${port}/`, `http://u:p@${host}/`, "file:///etc/passwd", "nothing"])
      await expect(client.read(get("/", { url }), context())).rejects.toThrowError(code("refused"));
    expect(received).toEqual([]);
  });

  it("promise 12: no request leaves for a name that leads to a private address", async () => {
    const { get, received, host } = await serve("HTTP/1.1 200 OK\r\n\r\n");
    const port = host.split(":")[1];
    const client = createHttpClient(
      egressPolicy([{ host: `localhost:${port}`, allowPrivate: false }]),
      timeouts,
    );
    const read = client.read(get("/", { url: `http://localhost:${port}/` }), context());
    await expect(read).rejects.toThrowError(code("refused"));
    expect(received).toEqual([]);
    client.close();
  });

  it("lets a name lead there where that is configured", async () => {
    const { get, host } = await serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const port = host.split(":")[1];
    const client = createHttpClient(
      egressPolicy([{ host: `localhost:${port}`, allowPrivate: true }]),
      timeouts,
    );
    expect((await client.read(get("/", { url: `http://localhost:${port}/` }), context())).status).toBe(200);
    client.close();
  });
});

function compressed(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  return `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n${text}`;
}
