import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { quote } from "../../../../adapters/shared/ssh/remote-shell.ts";

it("quotes any text as one word of a POSIX shell", () => {
  const text = fc
    .string({ unit: "binary", maxLength: 40 })
    .filter((value) => !/[\0\ud800-\udfff]/.test(value));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (words) => {
      const command = `printf '%s\\0' ${words.map(quote).join(" ")}`;
      const { stdout } = spawnSync("/bin/sh", ["-c", command], { encoding: "utf8" });
      expect(stdout.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 30, examples: [[["", "'", "''", "$(x)`y`\\", "-rf", "a\nb", '"!*?~']]] },
  );
});
