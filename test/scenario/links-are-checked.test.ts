import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { listenOnLoopback } from "../world/hosts/find-free-port.ts";
import { eventsOf } from "./engine-state.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides, fluids } = demoPaths;
const page = `${tides}/syllabus`;
const asked: string[] = [];
let held: ((response: ServerResponse) => void) | undefined;
const answer: RequestListener = ({ url = "" }, response) => {
  asked.push(url);
  if (url === "/held") held?.(response);
  else if (url === "/moved") response.writeHead(301, { location: "/there" }).end();
  else if (url === "/inside") response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  else if (url === "/gone") response.writeHead(404).end();
  else response.end("here");
};
const server = createServer(answer);
let port: number;
let stage: Stage;

const noteOf = (run: Awaited<ReturnType<Stage["run"]>>) =>
  run.stages.find(({ name }) => name === "check")?.note;

/** Has an author link to these paths of a neighbour, and the engine crawl the course. */
async function linkTo(...paths: readonly string[]): Promise<void> {
  const links = paths.map((path) => `<a href="http://127.0.0.1:${port}${path}#part">a neighbour</a>`);
  stage.world.cms.edit(page, (html) => `${html}${links.join(" ")}`);
  await stage.done("plan", tides);
}

beforeAll(async () => {
  port = await listenOnLoopback(server);
  stage = await setStage({
    content: contentOf(tides, fluids),
    prefer: { ssh: "ssh2", web: "static" },
    ports: [port],
    configure: (config) => {
      config.links = { hosts: [`127.0.0.1:${port}`], allowPrivate: true, delayPerHostMs: 1 };
    },
  });
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  await stage.strike();
  server.closeAllConnections();
  server.close();
});

it("links are checked once, and what is broken is told with its page", async () => {
  await linkTo("/", "/moved", "/gone", "/inside");
  const image = `<img src="http://127.0.0.1:${port}/gone?x" alt="">`;
  stage.world.cms.edit(page, (html) => html + image);
  await stage.done("plan", tides);
  const first = await stage.done("check-links", tides);
  expect(asked.toSorted()).toEqual(["/", "/gone", "/gone?x", "/inside", "/moved", "/there"]);
  expect(noteOf(first)).toBe("2 ok, 1 moved, 1 broken, 3 refused; 7 looked at now");
  const told = eventsOf(stage, first.id).find((text) => text.includes("broken link"));
  expect(told).toMatch(/^1 broken link: http:\/\/127\.0\.0\.1:\d+\/gone \(linked from \S+syllabus\)$/);

  asked.length = 0;
  const second = await stage.done("check-links", tides);
  expect(asked).toEqual([]);
  // Only what lies at hosts that the configuration does not name is judged again: nobody was asked for it.
  expect(noteOf(second)).toBe("2 ok, 1 moved, 1 broken, 3 refused; 2 looked at now");
  expect(eventsOf(stage, second.id)).toContain(told);
});

it("a module that was never crawled is refused with what to do", async () => {
  const { state, error } = await stage.run("check-links", fluids);
  expect([state, error?.code]).toEqual(["failed", "not-found"]);
  expect(error?.message).toContain("publish it first");
});

it("a check that is cancelled asks for nothing more", async () => {
  await linkTo("/held", "/after-it");
  const asking = new Promise<ServerResponse>((resolve) => {
    held = resolve;
  });
  const run = await stage.engine.request("check-links", tides);
  await asking;
  await stage.engine.api("POST", `/api/runs/${run.id}/cancel`);
  expect((await stage.engine.untilRun(run.id)).state).toBe("cancelled");
  expect(asked).toEqual(["/held"]);
});

it("a check that was killed goes on with what it has not asked for", async () => {
  await linkTo("/a", "/b", "/held", "/c");
  const asking = new Promise<void>((resolve) => {
    held = () => resolve();
  });
  const run = await stage.engine.request("check-links", tides);
  await asking;
  await stage.engine.kill();
  held = (response) => response.end("here at last");
  await stage.restart();
  expect((await stage.engine.untilRun(run.id)).state).toBe("succeeded");
  expect(asked.toSorted()).toEqual(["/a", "/after-it", "/b", "/c", "/held", "/held"]);
});
