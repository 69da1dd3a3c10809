import { describe, expect, it } from "vitest";
import { foldName } from "../../../../engine/model/fold-name.ts";
import { isLibraryName } from "../../../../engine/model/library-paths.ts";

describe("folded names", () => {
  const same: Record<string, readonly string[]> = {
    "a Kelvin sign": ["k", "K", "\u212a"],
    "an Angstrom sign": ["\u00e5", "\u00c5", "\u212b", "A\u030a"],
    "a long s": ["s", "S", "\u017f"],
    "a sharp s": ["ss", "SS", "sS", "\u00df", "\u1e9e"],
    "a sigma at the end": ["\u03bf\u03c3", "\u03bf\u03c2", "\u039f\u03a3"],
    "an i with its dot": ["i\u0307", "\u0130", "I\u0307"],
    "an i without": ["i", "I", "\u0131"],
    "a Greek letter with three marks": ["\u1f84", "\u1f8c", "\u1f04\u03b9"],
    "titlecase digraphs": ["\u01c4", "\u01c5", "\u01c6"],
    "letters beyond sixteen bits": ["\u{10400}", "\u{10428}"],
    "marks in another order": ["x\u0323\u0301", "x\u0301\u0323", "X\u0301\u0323"],
    "what nobody sees": ["ab", "a\u200db", "\ufeffab", "a\u00adb"],
  };
  it.each(Object.entries(same))("are one for %s", (_, names) => {
    expect(new Set(names.map(foldName)).size).toBe(1);
  });

  it("are one for both cases of every character, in every form", () => {
    const apart: string[] = [];
    for (let code = 0x20; code < 0x2_0000; code++) {
      if (code === 0xd800) code = 0xe000;
      const name = String.fromCodePoint(code);
      const folded = foldName(name);
      const others = [name.toLowerCase(), name.toUpperCase(), name.normalize("NFD"), folded];
      if (others.some((other) => foldName(other) !== folded)) apart.push(code.toString(16));
    }
    expect(apart).toEqual([]);
  });

  it("keep apart what every file system keeps apart", () => {
    const names = ["a", "b", "a b", "a_b", "a.b", "\u00e9", "e", "\u00f8", "o", "\u0441", "c", "a/b"];
    expect(new Set(names.map(foldName)).size).toBe(names.length);
  });
});

it("knows names of ours, however they are written", () => {
  for (const ours of ["/index.htm", "/INDEX.HTM", "/readme.txt", "/sha256ſums.sig", "/Verify.CMD"])
    expect(isLibraryName(ours), ours).toBe(true);
  for (const ours of ["/About-This-Copy", "/about-this-copy/x", "/README.txt/x"])
    expect(isLibraryName(ours), ours).toBe(true);
  for (const other of ["/index.html", "/a/index.htm", "/about-this-copy2", "/about", "/index~0.htm"])
    expect(isLibraryName(other), other).toBe(false);
});
