import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  escapeScript,
  findScriptLinks,
  isJump,
  readScriptString,
} from "../../../../engine/markup/find-script-links.ts";

const linksOf = (script: string): string[] =>
  findScriptLinks(script).map(({ start, end }) => script.slice(start, end));

describe("findScriptLinks finds", () => {
  test.each([
    "window.open('u')",
    "return window . x, open ( \"u\" , 'w')",
    "javascript:window.open('u','w','width=300')",
    "location='u'",
    "location = 'u'; return false",
    "document.location.href='u'",
    "if (a) { top.frames[0].location = 'u' }",
    "parent.opener.location.replace('u')",
    "self.location.assign( 'u' )",
    "void(open('u'))",
  ])("the URL in %s", (script) => {
    expect(linksOf(script)).toEqual(["u"]);
  });

  test.each([
    "location == 'u'",
    "location = 'u' + x",
    "location = x + 'u'",
    "location.hash = 'u'",
    "request.open('GET', 'u')",
    "document.open('text/html')",
    "reopen('u')",
    "my_location = 'u'",
    "location = 'u",
    "location = 'u\n'",
    "go('u')",
    "x = 'u'",
  ])("nothing in %s", (script) => {
    expect(linksOf(script)).toEqual([]);
  });

  test("each of several, with escaped quotes", () => {
    expect(linksOf(`if (a) open('it\\'s'); else location="b\\\\"`)).toEqual(["it\\'s", "b\\\\"]);
  });

  test("nothing slowly in scripts made to take time", () => {
    const parts = ["open('", 'open("', "location=", "location = '\\", "'", '"', " ", "\\"];
    for (const one of parts) for (const other of parts) linksOf((one + other).repeat(20_000));
    for (const part of ["location=a.", "open(a[a", ".value"]) isJump(part.repeat(20_000));
  });
});

test.each<[string, boolean]>([
  ["location=this.value", true],
  ["window.location.href = this.options[this.selectedIndex].value;", true],
  ["if(this.value)window.open(this.value,'w')", true],
  ["MM_jumpMenu('parent',this,0)", true],
  ["location='/courses/'+this.value", false],
  ["location=this.value + '.htm'", false],
  ["this.form.submit()", false],
])("a menu with the handler %s goes to the values of its options: %s", (handler, jumps) => {
  expect(isJump(handler)).toBe(jumps);
});

test("a URL written as a string of a script is read as what it was", () => {
  const quotes = fc.constantFrom<"'" | '"'>("'", '"');
  const syntaxes = fc.constantFrom<"script-string" | "script-url">("script-string", "script-url");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), quotes, syntaxes, (url, quote, syntax) => {
      const written = escapeScript(url, quote, syntax);
      expect(written).toMatch(/^[ -~]*$/);
      expect(linksOf(`open(${quote}${written}${quote})`)).toEqual([written]);
      expect(readScriptString(written, syntax)).toBe(url);
    }),
  );
});
