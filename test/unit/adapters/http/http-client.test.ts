import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import { clients, context, type HostileServer, startHostileServer, timeouts } from "./hostile-server.ts";

const code = (name: string) => expect.objectContaining({ code: name });

let server: HostileServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe.each(clients)("over %s", (_name, makeClient) => {
  const serve = async (answer: string | ((socket: Socket) => void)): Promise<HostileServer> => {
    server = await startHostileServer(makeClient, answer);
    return server;
  };

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

    it("takes the first where there can be but one, and joins the others", async () => {
      const { client, get } = await serve(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n" +
          "Location: /caf\xc3\xa9\r\nLocation: /b\r\nVary: a\r\nVary: b\r\nContent-Length: 0\r\n\r\n",
      );
      const { headers } = await client.read(get(), context());
      expect(headers).toMatchObject({
        "content-type": "text/html",
        location: "/caf\xc3\xa9",
        vary: "a, b",
      });
    });

    it("posts a body", async () => {
      const { client, get, received } = await serve("HTTP/1.1 204 Done\r\n\r\n");
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      await client.read(get("/form", { method: "POST", headers, body: "a=1&b=2" }), context());
      expect(received.join("")).toMatch(
        /^POST \/form HTTP\/1\.1\r\n.*\r\ncontent-length: 7\r\n(?:.*\r\n)?\r\na=1&b=2$/is,
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
      const { get, close, host } = await serve("");
      await close();
      const client = makeClient(egressPolicy([{ host, allowPrivate: true }]), timeouts);
      const read = client.read(get(), context());
      await expect(read).rejects.toThrowError(code("unavailable"));
      await expect(read).rejects.toThrowError(/connection refused/);
      client.close();
    });

    it("is unavailable when it does not come in time", async () => {
      const { host, get } = await serve(() => undefined);
      const egress = egressPolicy([{ host, allowPrivate: true }]);
      const client = makeClient(egress, { ...timeouts, answerMs: 20 });
      await expect(client.read(get(), context())).rejects.toThrowError(code("unavailable"));
      client.close();
    });

    it.each([
      ["a head that does not end", "HTTP/1.1 200 OK\r\n", "X-More: and more\r\n"],
      ["interim answers without end", "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"],
    ])("is corrupt, and its connection let go: %s", async (_, start, more) => {
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const { client, get } = await serve((socket) => {
        socket.on("close", () => resolve());
        socket.write(start);
        const goOn = (): void => {
          while (!socket.destroyed && socket.write(more.repeat(50)));
        };
        socket.on("drain", goOn);
        goOn();
      });
      await expect(client.read(get(), context())).rejects.toThrowError(code("corrupt"));
      await left;
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
      const client = makeClient(egressPolicy([{ host: `localhost:${port}`, allowPrivate: false }]), timeouts);
      const read = client.read(get("/", { url: `http://localhost:${port}/` }), context());
      await expect(read).rejects.toThrowError(code("refused"));
      expect(received).toEqual([]);
      client.close();
    });

    it("lets a name lead there where that is configured", async () => {
      const { get, host } = await serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      const port = host.split(":")[1];
      const client = makeClient(egressPolicy([{ host: `localhost:${port}`, allowPrivate: true }]), timeouts);
      expect((await client.read(get("/", { url: `http://localhost:${port}/` }), context())).status).toBe(200);
      client.close();
    });
  });

  it("promise 12: a server whose certificate nobody vouches for gets no request", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ocw-engine-tls-"));
    const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", keyFile, "-out", certFile];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await promisify(execFile)("openssl", ["req", ...kind, ...names, ...files]);
    const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
    await rm(folder, { recursive: true });
    const asked: unknown[] = [];
    const secure = createServer({ key, cert }, (request) => void asked.push(request));
    await once(secure.listen(0, "127.0.0.1"), "listening");
    const address = secure.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const host = `localhost:${address.port}`;
    const client = makeClient(egressPolicy([{ host, allowPrivate: true }]), timeouts);
    const request = { method: "GET", url: `https://${host}/`, sizeBytesMax: 1000 } as const;
    const read = client.read(request, context());
    await expect(read).rejects.toThrowError(code("refused"));
    await expect(read).rejects.toThrowError(/certificate is not trusted/);
    expect(asked).toEqual([]);
    client.close();
    await new Promise((resolve) => secure.close(resolve));
  });
});
