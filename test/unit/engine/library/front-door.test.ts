import { describe, expect, it } from "vitest";
import { aboutPage } from "../../../../engine/library/about-page.ts";
import { frontDoor } from "../../../../engine/library/front-door.ts";
import type { LibraryModule } from "../../../../engine/library/library-facts.ts";
import { sizeText } from "../../../../engine/library/library-page.ts";
import { titlesScript } from "../../../../engine/library/make-library.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";

const site = {
  siteName: "Example Courses",
  publicUrl: "https://ocw.example.edu",
  selection: { name: "all", without: [] },
  leftOut: [],
};
const asOf = new Date("2026-11-20T10:00:00Z");

/** As many modules as the largest library of courses has, with names as long as theirs. */
function manyModules(count: number): LibraryModule[] {
  return Array.from({ length: count }, (_, at) => {
    const department = `/courses/electrical-engineering-and-computer-science-${at % 33}`;
    const isDepartment = at < 33;
    const words = `structure-and-interpretation-of-programs-${at}-spring-2005`;
    const id = isDepartment ? department : `${department}/6-${at}-${words}`;
    return {
      id: parseModuleId(id),
      kind: isDepartment ? "department" : "course",
      title: `Structure and Interpretation of Programs ${at}`,
      home: parseSitePath(`${id}/index.htm`),
      fileCount: 300,
      bytes: at * 1_234_567,
      asOf,
      ...(isDepartment ? {} : { number: `6.${at}` }),
    } as const;
  }).toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

describe("the front door", () => {
  it("stays one page of less than 1 MB with 2,500 modules, and its titles less than 300 kB", () => {
    const modules = manyModules(2500);
    const page = frontDoor({ ...site, modules });
    expect(page.match(/<tr><td>/g)).toHaveLength(2500 - 33);
    expect(page.match(/<h2 /g)).toHaveLength(33);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(Buffer.byteLength(titlesScript(modules))).toBeLessThan(300_000);
  });

  it("names nothing that is not known", () => {
    const page = frontDoor({ ...site, modules: [] });
    expect(page).not.toMatch(/undefined|Licence|left out|<table/);
  });
});

it.each([
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [9_960, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [5e15, "5000 TB"],
])("a size of %d is said as %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

describe("the page about a copy", () => {
  const copy = {
    ...site,
    number: 7,
    madeAt: asOf,
    version: "1.2.3",
    totals: { fileCount: 1, bytes: 999 },
  };

  it("says what is known, and how to verify and update", () => {
    const page = aboutPage({
      ...copy,
      selection: { name: "lite", without: ["video"] },
      contact: "a <b>",
      updateFrom: "rsync://mirror.example.org/lite/",
      signerKeyFingerprint: "SHA256:abc",
    });
    for (const text of [
      "<dd>lite, without video</dd>",
      "<dd>1 file, 999 B</dd>",
      "<dd>ocw-engine 1.2.3</dd>",
      "<dd>a &#60;b&#62;</dd>",
      "--modify-window=2 rsync://mirror.example.org/lite/ /path/to/this/copy/",
      "ssh-keygen -Y verify",
      "SHA256:abc",
      'href="../index.htm"',
    ])
      expect(page).toContain(text);
  });

  it("leaves out what is not known", () => {
    const page = aboutPage(copy);
    expect(page).not.toMatch(/undefined|Licence|Contact|rsync|ssh-keygen/);
    expect(page).toContain("This copy is not signed.");
  });
});
