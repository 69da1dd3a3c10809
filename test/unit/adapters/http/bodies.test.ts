import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpTimeouts } from "../../../../adapters/shared/http/http-client.ts";
import { clients, compressed, context, type HostileServer, startHostileServer } from "./hostile-server.ts";

const code = (name: string) => expect.objectContaining({ code: name });

let server: HostileServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe.each(clients)("over %s", (_name, makeClient) => {
  const serve = async (
    answer: string | ((socket: Socket) => void),
    changes: Partial<HttpTimeouts> = {},
  ): Promise<HostileServer> => {
    server = await startHostileServer(makeClient, answer, changes);
    return server;
  };

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
      const { client, get, url } = await serve(compressed(gzipSync(Buffer.alloc(50_000_000))));
      const read = client.read(get("/a"), context());
      await expect(read).rejects.toThrowError(code("refused"));
      await expect(read).rejects.toThrowError(`GET ${url}/a decompresses to more than 1000000 bytes`);
    });

    it("that is a gzip bomb stops long before a limit that is far away", async () => {
      const { client, get } = await serve(compressed(gzipSync(Buffer.alloc(50_000_000))));
      const read = client.read(get("/a", { sizeBytesMax: 1e9 }), context());
      await expect(read).rejects.toThrowError(/decompresses to more than 10485760 bytes/);
    });

    it("may be compressed a hundredfold", async () => {
      const rows = Buffer.from(Array.from({ length: 1_500_000 }, (_, row) => `row ${row % 7}\n`).join(""));
      const { client, get } = await serve(compressed(gzipSync(rows, { level: 1 })));
      const { bytes } = await client.read(get("/a", { sizeBytesMax: 1e9 }), context());
      expect(bytes.byteLength).toBe(rows.byteLength);
    });

    const endless: readonly (readonly [string, string, string])[] = [
      ["endless", "", "x".repeat(65_536)],
      ["endless, in chunks", "Transfer-Encoding: chunked\r\n", `10000\r\n${"x".repeat(65_536)}\r\n`],
    ];
    it.each(endless)(
      "that is %s stops at the limit, and its connection is let go",
      async (_, header, more) => {
        const { promise: left, resolve } = Promise.withResolvers<void>();
        const { client, get } = await serve((socket) => {
          socket.on("close", () => resolve());
          socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n`);
          const goOn = (): void => {
            while (!socket.destroyed && socket.write(more));
          };
          socket.on("drain", goOn);
          goOn();
        });
        const read = client.read(get("/a"), context());
        await expect(read).rejects.toThrowError(code("refused"));
        await expect(read).rejects.toThrowError(/\/a is more than 1000000 bytes/);
        await left;
      },
    );

    it("that trickles is left, however busy it keeps the connection", async () => {
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const { client, get, url } = await serve(
        (socket) => {
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
          const timer = setInterval(() => socket.write("x"), 5);
          socket.on("close", () => {
            clearInterval(timer);
            resolve();
          });
        },
        { paceMs: 50, bytesPerSecondMin: 10_000 },
      );
      const read = client.read(get("/a?token=1"), context());
      await expect(read).rejects.toThrowError(code("unavailable"));
      await expect(read).rejects.toThrowError(`GET ${url}/a comes slower than 10000 bytes/s`);
      await left;
    });

    it("that goes on after its declared end is taken to there, and the rest answers nothing", async () => {
      const { client, get, received } = await serve((socket) => {
        const answer = `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nanswr`;
        socket.write(`${answer}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother`);
      });
      for (const path of ["/a", "/b"]) {
        const { bytes } = await client.read(get(path), context());
        expect(Buffer.from(bytes).toString()).toBe("answr");
      }
      expect(received).toHaveLength(2);
    });

    it("is cancelled with its signal while it comes", async () => {
      const controller = new AbortController();
      const { client, get } = await serve((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      });
      const { body } = await client.send(get(), context(controller.signal));
      const read = (async () => {
        for await (const chunk of body) if (chunk.byteLength > 0) controller.abort();
      })();
      await expect(read).rejects.toThrowError(code("cancelled"));
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
});
