import { mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../world/hosts/find-program.ts";
import { startWebHost } from "../../world/hosts/web-host.ts";
import { runProgram } from "./run-program.ts";
import { stopAfterTest, temporaryFolder } from "./temporary-folder.ts";

const implementations = (["nginx", "static"] as const).filter(
  (name) => name === "static" || process.env.CI === "true" || findProgram("nginx") !== undefined,
);

async function startHost(implementation: "nginx" | "static", kind: "origin" | "mirror" = "origin") {
  const folder = await temporaryFolder();
  const root = path.join(folder, "www");
  const course = path.join(root, "courses/math/18");
  await mkdir(path.join(root, ".holding"), { recursive: true });
  await mkdir(path.join(course, "with space"), { recursive: true });
  await mkdir(path.join(course, "v1.2"));
  await mkdir(path.join(root, "jsp"));
  await writeFile(path.join(root, "index.htm"), "home");
  await writeFile(path.join(root, "jsp/error.html"), "our error page");
  await writeFile(path.join(root, ".holding/secret.htm"), "secret");
  await writeFile(path.join(course, "index.htm"), "course");
  await writeFile(path.join(course, "with space/index.htm"), "spaced");
  await writeFile(path.join(course, "v1.2/index.htm"), "dotted");
  await writeFile(path.join(course, "notes.pdf"), "pdf");
  await utimes(path.join(course, "notes.pdf"), 1_500_000_000, 1_500_000_000);
  const extraHeaders = { "X-Robots-Tag": "noindex" };
  const host = await startWebHost({
    dir: path.join(folder, "web"),
    root,
    implementation,
    kind,
    extraHeaders,
  });
  return { folder, ...stopAfterTest(host) };
}

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe.each(implementations)("a web host run by %s", (implementation) => {
  test("answers a folder with its index.htm, and a file with its type", async () => {
    const { url } = await startHost(implementation);
    expect(await get(`${url}/`)).toMatchObject({ status: 200, text: "home" });
    const course = await get(`${url}/courses/math/18/`);
    expect(course).toMatchObject({ status: 200, text: "course" });
    expect(course.headers.get("content-type")).toBe("text/html");
    expect(course.headers.get("x-robots-tag")).toBe("noindex");
    const notes = await get(`${url}/courses/math/18/notes.pdf`);
    expect(notes.headers.get("content-type")).toBe("application/pdf");
    expect(notes.headers.get("etag")).toBe('"59682f00-3"');
    expect(notes.headers.get("last-modified")).toBe("Fri, 14 Jul 2017 02:40:00 GMT");
  });

  test.each([
    ["/courses/math/18", "/courses/math/18/"],
    ["/courses/math/18/with%20space?a=b", "/courses/math/18/with%20space/?a=b"],
    ["/nowhere", "/nowhere/"],
  ])("redirects a path without dot and slash, without naming host and port: %s", async (from, to) => {
    const { url } = await startHost(implementation);
    const response = await get(`${url}${from}`);
    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toBe(to);
    expect(response.headers.get("x-robots-tag")).toBe("noindex");
  });

  test("serves a path with a dot in it as it is", async () => {
    const { url } = await startHost(implementation);
    expect(await get(`${url}/courses/math/18/v1.2`)).toMatchObject({ status: 200, text: "dotted" });
  });

  test("answers what is not there with the error page, and its status", async () => {
    const { url } = await startHost(implementation);
    expect(await get(`${url}/courses/none/`)).toMatchObject({ status: 404, text: "our error page" });
    expect(await get(`${url}/courses/none.htm`)).toMatchObject({ status: 404, text: "our error page" });
    const mirror = await startHost(implementation, "mirror");
    const missing = await get(`${mirror.url}/courses/none/`);
    expect(missing.status).toBe(404);
    expect(missing.text).not.toContain("our error page");
  });

  test("answers conditional requests", async () => {
    const { url } = await startHost(implementation);
    const file = `${url}/courses/math/18/notes.pdf`;
    expect((await get(file, { "if-none-match": '"59682f00-3"' })).status).toBe(304);
    expect((await get(file, { "if-none-match": '"59682f00-4"' })).status).toBe(200);
    expect((await get(file, { "if-modified-since": "Fri, 14 Jul 2017 02:40:00 GMT" })).status).toBe(304);
    expect((await get(file, { "if-modified-since": "Fri, 14 Jul 2017 02:39:59 GMT" })).status).toBe(200);
  });

  test.each(["/.holding/secret.htm", "/courses/../.holding/secret.htm", "/%2eholding/secret.htm"])(
    "never serves a name that begins with a dot: %s",
    async (urlPath) => {
      const { url } = await startHost(implementation);
      const ran = await runProgram("curl", [
        "-s",
        "-o",
        "-",
        "-w",
        "%{http_code}",
        "--path-as-is",
        `${url}${urlPath}`,
      ]);
      expect(ran.stdout.toString()).toBe("our error page404");
    },
  );

  test.each([
    "/../outside.htm",
    "/%2e%2e/outside.htm",
    "/courses/%2e%2e/%2e%2e/outside.htm",
    "/..%2foutside.htm",
  ])("lets nobody climb out: %s", async (urlPath) => {
    const { folder, url } = await startHost(implementation);
    await writeFile(path.join(folder, "outside.htm"), "outside");
    const ran = await runProgram("curl", [
      "-s",
      "-o",
      "-",
      "-w",
      "%{http_code}",
      "--path-as-is",
      `${url}${urlPath}`,
    ]);
    expect(ran.stdout.toString()).toMatch(/40[04]$/);
    expect(ran.stdout.toString()).not.toContain("outside");
  });

  test("follows a root that is a link when the link moves", async () => {
    const folder = await temporaryFolder();
    for (const name of ["one", "two"]) {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, "index.htm"), name);
    }
    const current = path.join(folder, "current");
    const host = await startWebHost({
      dir: path.join(folder, "web"),
      root: current,
      implementation,
      kind: "mirror",
    });
    stopAfterTest(host);
    expect((await get(`${host.url}/`)).status).toBe(404);
    await symlink("one", current);
    expect((await get(`${host.url}/`)).text).toBe("one");
    await symlink("two", `${current}.next`);
    await rename(`${current}.next`, current);
    expect((await get(`${host.url}/`)).text).toBe("two");
  });

  test("takes no connection after it was stopped", async () => {
    const folder = await temporaryFolder();
    const host = await startWebHost({ dir: folder, root: folder, implementation, kind: "mirror" });
    await get(`${host.url}/`);
    await host.stop();
    await expect(fetch(host.url)).rejects.toThrow();
  });
});
