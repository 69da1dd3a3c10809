import { describe, expect, it } from "vitest";
import { digestOf } from "../../../../engine/model/digest.ts";
import { libraryFolder, libraryPaths } from "../../../../engine/model/library-paths.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { mirrorNames, safeName } from "../../../../engine/render/mirror-names.ts";
import { type NameTable, nameTable } from "../../../property/name-table.ts";

/** The places of paths that claim theirs one after another. */
async function placesOf(paths: readonly string[], table: NameTable = nameTable()): Promise<string[]> {
  const place = mirrorNames(table);
  const places: string[] = [];
  for (const path of paths) places.push(await place(parseSitePath(path)));
  return places;
}

const mark = (path: string, digits = 8): string => `~${digestOf(path).slice(0, digits)}`;

const unified = "/courses/aeronautics-and-astronautics/16-01-unified-engineering-i-ii-iii-iv";
const problems = "/courses/physics/8-01x-physics-i/labs";
const longFolder =
  "/courses/electrical-engineering-and-computer-science/6-0001-introduction-to-computer-science" +
  "-and-programming-in-python-fall-2016/lecture-videos/lecture-12-searching-and-sorting-algorithms";

describe("places in a mirror", () => {
  it("are the paths of the site where they are safe and short", async () => {
    const paths = [
      `${unified}/thermo-propulsion/q3.pdf`,
      "/courses/physics/8-01/week-10/31.6-non-slip-condition/index.htm",
      "/courses/physics/8-01/Caption-3Play YouTube id-SRT/a b.srt",
      "/ans7870/8/8.02T/f04/visualizations/light/320.html",
      `/${"x".repeat(175)}.htm`,
      // A folder that leaves room for the shortest name and no other.
      `/${"y".repeat(177)}/z`,
      "/économie/leçon.pdf",
    ];
    expect(await placesOf(paths)).toEqual(paths);
  });

  it("tell apart what differs only in case", async () => {
    const propulsion = `${unified}/thermo-propulsion`;
    const paths = [`${propulsion}/q3.pdf`, `${propulsion}/q3.PDF`];
    expect(await placesOf(paths)).toEqual([paths[0], `${propulsion}/q3${mark(paths[1] ?? "")}.PDF`]);
    const labs = [`${problems}/problem_lvps.pdf`, `${problems}/problem_LVPS.pdf`];
    expect(await placesOf(labs)).toEqual([labs[0], `${problems}/problem_LVPS${mark(labs[1] ?? "")}.pdf`]);
  });

  it("tell apart folders that a drive would merge, and files from folders", async () => {
    const other = `/courses${mark("/courses")}`;
    expect(await placesOf(["/Courses/a", "/courses/b", "/courses/a", "/Courses/b"])).toEqual([
      "/Courses/a",
      `${other}/b`,
      `${other}/a`,
      "/Courses/b",
    ]);
    expect(await placesOf(["/a", "/A/b"])).toEqual(["/a", `/A${mark("/A")}/b`]);
    expect(await placesOf(["/A/b", "/a"])).toEqual(["/A/b", `/a${mark("/a")}`]);
    const merged = ["/a?/x", "/a_/x", "/a*/x"];
    expect(await placesOf(merged)).toEqual(["/a_/x", `/a_${mark("/a_")}/x`, `/a_${mark("/a*")}/x`]);
  });

  it("stay when a file of the site becomes a folder", async () => {
    const table = nameTable();
    const [, pdf] = await placesOf(["/Old.pdf", "/old.pdf"], table);
    expect(await placesOf(["/old.pdf/index.htm", "/old.pdf"], table)).toEqual([`${pdf}/index.htm`, pdf]);
  });

  it("take more digits where a name with fewer is another's", async () => {
    const wanted = "/notes.pdf";
    const taken = [8, 12].map((digits) => `/NOTES${mark(wanted, digits)}.pdf`);
    const places = await placesOf(["/NOTES.pdf", ...taken, wanted]);
    expect(places).toEqual(["/NOTES.pdf", ...taken, `/notes${mark(wanted, 16)}.pdf`]);
    const all = Array.from({ length: 15 }, (_, n) => `/NOTES${mark(wanted, 8 + 4 * n)}.pdf`);
    await expect(placesOf(["/NOTES.pdf", ...all, wanted])).rejects.toMatchObject({ code: "conflict" });
  });

  it("are never a name of ours", async () => {
    expect(await placesOf(["/index.htm", "/Readme.TXT", "/README.txt/a", "/a/index.htm"])).toEqual([
      `/index${mark("/index.htm")}.htm`,
      `/Readme${mark("/Readme.TXT")}.TXT`,
      `/README${mark("/README.txt")}.txt/a`,
      "/a/index.htm",
    ]);
    const ours = [...Object.values(libraryPaths), libraryFolder, `${libraryFolder}/a/b.js`];
    for (const place of await placesOf(ours)) expect(place).toMatch(/^\/[^/]+~[0-9a-f]{8}/);
  });

  it("cost one claim each and one for each folder, once", async () => {
    const table = nameTable();
    const place = mirrorNames(table);
    const paths = ["/a/b/1", "/a/b/2", "/a/c/3", "/a/b/1", "/a/c/3"].map(parseSitePath);
    for (const path of paths) await place(path);
    expect(table.asked()).toBe(3 + 3);
    // Folders that are too long to hold a file are not asked for.
    await place(parseSitePath(`/${"x".repeat(178)}/${"y/".repeat(50)}z`));
    expect(table.asked()).toBe(3 + 3 + 1);
  });

  it("are remembered until they are many, since a site has no end", async () => {
    const table = nameTable();
    const place = mirrorNames(table);
    for (let n = 0; n <= 10_000; n++) await place(parseSitePath(`/${n}`));
    const before = table.asked();
    expect(await place(parseSitePath("/0"))).toBe("/0");
    expect(table.asked()).toBe(before + 1);
  });
});

describe("places of long paths", () => {
  it("keep as many folders as there is room for, and lose the end of their name", async () => {
    const name = `${"handout".padEnd(26, "-x")}.pdf`;
    const path = `${longFolder}/${name}`;
    expect(path).toHaveLength(218);
    const cut = longFolder.slice(0, longFolder.lastIndexOf("/"));
    const long = `${longFolder.slice(0, 150)}/handout-${"very-".repeat(5)}long.pdf`;
    expect(await placesOf([path, long])).toEqual([
      `${`${cut}/${name}`.slice(0, 180 - 13)}${mark(path)}.pdf`,
      `${long.slice(0, 180 - 13)}${mark(long)}.pdf`,
    ]);
  });

  it("leave a folder that has room for their marks alone", async () => {
    const folder = (units: number) => `/${"x".repeat(units - 1)}`;
    const [full, roomy] = [166, 165].map((units) => `${folder(units)}/${"name".repeat(9)}.pdf`);
    expect(await placesOf([full ?? "", roomy ?? ""])).toEqual([
      `/${"name".repeat(9)}${mark(full ?? "")}.pdf`,
      `${folder(165)}/n${mark(roomy ?? "")}.pdf`,
    ]);
  });

  it("never split a character, and have at most 255 bytes in a name", async () => {
    const path = `/${"a".repeat(120)}/${"\u{1f600}".repeat(30)}.htm`;
    const wide = `/a${"漢".repeat(83)}.html`;
    expect(Buffer.byteLength(wide.slice(1))).toBe(255);
    const twin = wide.replace("html", "HTML");
    const [first, second, third] = await placesOf([path, wide, twin]);
    expect(second).toBe(wide);
    expect(first).toBe(`/${"a".repeat(120)}/${"\u{1f600}".repeat(22)}${mark(path)}.htm`);
    expect(third).toBe(`/a${"漢".repeat(80)}${mark(twin)}.HTML`);
    const device = `/nul.ab${"漢".repeat(83)}`;
    const [last = ""] = await placesOf([device]);
    expect(last).toBe(`/_nul.ab${"漢".repeat(79)}${mark(device)}`);
  });

  it("are distinct from those of other paths of the same beginning", async () => {
    const paths = Array.from({ length: 20 }, (_, n) => `${longFolder}/${"part/".repeat(20)}${n}/index.htm`);
    const places = await placesOf(paths);
    expect(new Set(places).size).toBe(paths.length);
    expect(Math.max(...places.map((place) => place.length))).toBeLessThanOrEqual(180);
    for (const place of places)
      expect(place).toMatch(/^\/courses\/electrical[^/]+\/6-0001[^/]+\/.*~.{8}\.htm$/);
  });
});

describe("a safe name", () => {
  const cases: Record<string, string> = {
    "con.htm": "_con.htm",
    AUX: "_AUX",
    "nul .txt": "_nul .txt",
    "com0.tar.gz": "_com0.tar.gz",
    "LPT³": "_LPT³",
    conin$: "_conin$",
    "console.htm": "console.htm",
    com10: "com10",
    'x: "y".htm': "x_ _y_.htm",
    "a*b?c|d<e>": "a_b_c_d_e_",
    "a. .": "a___",
    " b ": "_b_",
    "...": "___",
    ".htaccess": ".htaccess",
    "lectur~1.pdf": "lectur_1.pdf",
    "LE1A2B~1": "LE1A2B_1",
    "a~b~12.x": "a~b_12.x",
    "lecture~1.pdf": "lecture~1.pdf",
    "a~1.html": "a~1.html",
    "a~12345678.htm": "a~12345678.htm",
    "a~x.htm": "a~x.htm",
  };
  it.each(Object.entries(cases))("of %s", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });
});
