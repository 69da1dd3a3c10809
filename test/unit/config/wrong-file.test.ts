import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { failureOf, goodConfig, goodEnv, makeFolder, writeConfig } from "./config-file.ts";
import { fakeRegistry } from "./fake-registry.ts";

const load = (file: string, env: Record<string, string> = goodEnv) =>
  loadConfig(file, { registry: fakeRegistry, env });

/**
 * What is complained of when one line of the good configuration is replaced, or lines are added at its end.
 */
async function complaintsAbout(replace: string, by: string): Promise<string[]> {
  expect(goodConfig).toContain(replace);
  const file = await writeConfig(goodConfig.replace(replace, () => by));
  return (await failureOf(load(file), file))
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

const secretWanted = "expected a secret, given as env:NAME, file:/path or credential:name, ";
const atTheEnd = "production: {origins: [origin], edges: [cdn]}\n";

describe("a wrong file", () => {
  test.each([
    ["name: A site", "name: 7", "site.yaml:2:9: site.name: expected text, found 7"],
    ["name: A site", "name:", "site.yaml:2:8: site.name: expected text, found nothing"],
    [
      "name: A site",
      "nmae: A site",
      "site.yaml:2:3: site.name: expected text, found nothing|" +
        "site.yaml:2:3: site.nmae: unknown field (did you mean name?)",
    ],
    ["state: /var/lib/site", "state: var", 'site.yaml:4:8: state: expected an absolute path, found "var"'],
    ["state: /var/lib/site\n", "", "site.yaml:1:1: state: expected text, found nothing"],
    [
      "publicUrl: https://site.example.edu",
      "publicUrl: https://site.example.edu/x",
      "site.yaml:3:14: site.publicUrl: expected an origin without a path, as https://ocw.example.edu, " +
        'found "https://site.example.edu/x"',
    ],
    ["type: cms", "type: cmd", 'site.yaml:6:9: source.type: expected cms, found "cmd" (did you mean cms?)'],
    ["  type: cms\n", "", "site.yaml:6:3: source.type: expected text, found nothing"],
    [
      "url: http://cms.example.edu:8080",
      "url: cms",
      'site.yaml:7:8: source.url: expected a URL, found "cms"',
    ],
    [
      "  user: engine",
      "  usr: engine",
      "site.yaml:6:3: source.user: expected text, found nothing|" +
        "site.yaml:8:3: source.usr: unknown field (did you mean user?)",
    ],
    [
      "host: origin.example.edu, ",
      "",
      "site.yaml:12:11: destinations.origin.host: expected text, found nothing",
    ],
    [
      "password: env:CMS_PASSWORD",
      "password: hunter2",
      `site.yaml:9:13: source.password: ${secretWanted}found it written in the file`,
    ],
    [
      "password: env:CMS_PASSWORD",
      "password: 123456",
      `site.yaml:9:13: source.password: ${secretWanted}found something else`,
    ],
    ["  password: env:CMS_PASSWORD\n", "", `site.yaml:6:3: source.password: ${secretWanted}found nothing`],
    [
      "  origin: {",
      "  Origin One: {",
      'site.yaml:12:3: destinations["Origin One"]: expected a name of lower-case letters, digits and ' +
        'hyphens, found "Origin One"|' +
        'site.yaml:17:26: places.production.origins[0]: expected a name of destinations, found "origin"',
    ],
    [
      "origins: [staging]",
      "origins: [stagign]",
      'site.yaml:16:23: places.staging.origins[0]: expected a name of destinations, found "stagign" ' +
        "(did you mean staging?)",
    ],
    [
      "edges: [cdn]",
      "edges: [other]",
      'site.yaml:17:43: places.production.edges[0]: expected a name of edges, found "other"',
    ],
    [
      "origins: [origin]",
      "origins: [origin, staging]",
      "site.yaml:17:34: places.production.origins[1]: expected a destination that is used once, " +
        "found staging, which is already in staging",
    ],
    [
      "origins: [origin]",
      "origins: [origin], routes: [{prefix: /zips, destination: origin}]",
      "site.yaml:17:73: places.production.routes[0].destination: expected a destination that is used once, " +
        "found origin, which is already an origin of production",
    ],
    [
      "origins: [origin], ",
      "",
      "site.yaml:17:15: places.production.origins: expected the name of at least one destination, " +
        "found nothing",
    ],
    [atTheEnd, `${atTheEnd}notifiers: {post: {type: email}}\n`, "site.yaml:18:1: notifiers: unknown field"],
    [
      atTheEnd,
      `${atTheEnd}schedules: [{name: a, cron: every day, kind: publish}]\n`,
      "site.yaml:18:29: schedules[0].cron: expected a cron expression of five or six fields, " +
        "as '*/10 * * * *', found \"every day\"",
    ],
    [
      atTheEnd,
      `${atTheEnd}schedules: [{name: a, cron: 0 1 * * *, timeZone: Boston, kind: publish}]\n`,
      "site.yaml:18:50: schedules[0].timeZone: expected a time zone of the IANA database, " +
        'as America/New_York, found "Boston"',
    ],
    [
      atTheEnd,
      `${atTheEnd}schedules: [{name: a, cron: 0 1 * * *, kind: rollback, modules: some}]\n`,
      "site.yaml:18:46: schedules[0].kind: " +
        "expected publish or promote or mirror or plan or check-links or package or feeds, " +
        'found "rollback"|' +
        'site.yaml:18:65: schedules[0].modules: expected a list or all or scheduled, found "some"',
    ],
    [
      atTheEnd,
      `${atTheEnd}schedules: [&s {name: a, cron: 0 1 * * *, kind: plan}, *s]\n`,
      "site.yaml:18:23: schedules[1].name: expected a name that no other schedule has, found a",
    ],
    [
      atTheEnd,
      `${atTheEnd}relocations: [{suffix: zip, to: ../x}]\n`,
      "site.yaml:18:24: relocations[0].suffix: expected a suffix in lower case, as .zip, " +
        'found "zip"|site.yaml:18:33: relocations[0].to: unsafe path "../x": it must begin with a slash',
    ],
    [
      atTheEnd,
      `${atTheEnd}  mirror: {routes: [{prefix: /a, destination: m}]}\n` +
        "relocations: [{suffix: .zip, to: /zips}]\n",
      'site.yaml:18:47: places.mirror.routes[0].destination: expected a name of destinations, found "m"|' +
        "site.yaml:19:34: relocations[0].to: expected a prefix that mirror has an origin or a route for, " +
        'found "/zips"',
    ],
    [
      atTheEnd,
      `${atTheEnd}guards: {removalShareMax: 3}\ncrawl: 5\n`,
      "site.yaml:18:27: guards.removalShareMax: expected at most 1, found 3|" +
        "site.yaml:19:8: crawl: expected a mapping, found 5",
    ],
  ])("%j replaced by %j", async (replace, by, complaints) => {
    expect(await complaintsAbout(replace, by)).toEqual(complaints.split("|"));
  });

  test("has all its faults told at once, in the order of the file", async () => {
    const file = await writeConfig(
      "api: {prt: 1}\nsource: {type: cms, url: http://x, user: 5, password: env:NO}\n",
    );
    expect(await failureOf(load(file), file)).toBe(
      [
        "invalid-config: the configuration has 7 faults:",
        "  site.yaml:1:1: site: expected a mapping, found nothing",
        "  site.yaml:1:1: state: expected text, found nothing",
        "  site.yaml:1:1: destinations: expected a mapping, found nothing",
        "  site.yaml:1:1: places: expected a mapping, found nothing",
        "  site.yaml:1:7: api.prt: unknown field (did you mean port?)",
        "  site.yaml:2:42: source.user: expected text, found 5",
        "  site.yaml:2:55: source.password: the environment variable NO is not set",
      ].join("\n"),
    );
  });
});

describe("a file that is no YAML of ours", () => {
  test.each([
    ["a: 1\nb: 2\na: 3\n", "site.yaml:3:1: not the YAML that is expected here: map keys must be unique"],
    ["a: [1\n", "site.yaml:2:1: not the YAML"],
    ["a: 1\n---\nb: 2\n", "site.yaml:2:1: not the YAML"],
    ["a: !!js/function 'x'\n", "site.yaml:1:4: not the YAML that is expected here: unresolved tag"],
    ["a: *nobody\n", "site.yaml:1:4: a: expected an anchor of this name"],
    ["? [a]\n: 1\n", "expected keys that are text"],
    ["1: a\n", "expected keys that are text"],
    ["__proto__: {x: 1}\n", "expected keys that are text"],
    ["- a\n", "site.yaml:1:1: expected a mapping"],
    ["", "site.yaml:1:1: expected a mapping"],
    ["a: &a [*a]\n", "expected at most 20 levels"],
    [`a: ${"[".repeat(5000)}\n`, "the configuration has"],
    [`a: ${"x".repeat(300_000)}\n`, "site.yaml is larger than 262144 bytes: is it YAML?"],
  ])("%#", async (text, complaint) => {
    const file = await writeConfig(text);
    const failure = await failureOf(load(file), file);
    expect(failure).toMatch(/^invalid-config: /);
    expect(failure).toContain(complaint);
  });

  test("an alias bomb is stopped before it expands", async () => {
    const levels = Array.from({ length: 12 }, (_, index) => {
      return `l${index + 1}: &l${index + 1} [${Array.from({ length: 9 }, () => `*l${index}`).join(", ")}]`;
    });
    const file = await writeConfig(`l0: &l0 [a]\n${levels.join("\n")}\n`);
    expect(await failureOf(load(file), file)).toMatch(/expected at most 20000 values, aliases expanded$/m);
  });

  test("a file that cannot be read is named", async () => {
    await expect(load(join(await makeFolder(), "none.yaml"))).rejects.toThrow(
      /^cannot read the configuration .*none\.yaml \(ENOENT\)$/,
    );
  });

  test("what a broken line holds is not shown", async () => {
    const file = await writeConfig("password: 'hunter2\n  b: [\n");
    expect(await failureOf(load(file), file)).not.toContain("hunter2");
  });
});
