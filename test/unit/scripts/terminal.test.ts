import { expect, test } from "vitest";
import { makeTerminal, type Output } from "../../../scripts/lib/terminal.ts";

function makeOutput(isTTY: boolean): Output & { text: string } {
  const output = {
    text: "",
    isTTY,
    columns: 90,
    write(text: string) {
      output.text += text;
    },
  };
  return output;
}

test("on a terminal a progress line is erased by whatever comes next", () => {
  const result = makeOutput(true);
  const progress = makeOutput(true);
  const terminal = makeTerminal(result, progress, {});
  terminal.draw("10 %");
  terminal.draw("20 %");
  terminal.note("done");
  terminal.print("result");
  expect(progress.text).toBe("10 %\r\u001b[2K20 %\r\u001b[2Kdone\n");
  expect(result.text).toBe("result\n");
  expect([terminal.width, terminal.color]).toEqual([90, true]);
});

test("in a file there are whole lines only, and no colours", () => {
  const progress = makeOutput(false);
  const terminal = makeTerminal(makeOutput(false), progress, {});
  terminal.draw("10 %");
  terminal.note("done");
  expect(progress.text).toBe("done\n");
  expect([terminal.width, terminal.color]).toEqual([Number.POSITIVE_INFINITY, false]);
});

test("NO_COLOR is obeyed", () => {
  expect(makeTerminal(makeOutput(true), makeOutput(true), { NO_COLOR: "1" }).color).toBe(false);
});
