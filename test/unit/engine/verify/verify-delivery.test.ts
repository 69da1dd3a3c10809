import { expect, it } from "vitest";
import { digestOf } from "../../../../engine/model/digest.ts";
import { libraryModule } from "../../../../engine/model/module.ts";
import type { Change } from "../../../../engine/model/plan.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { Delivery, Standing } from "../../../../engine/ports/destination.ts";
import { verifyChanges } from "../../../../engine/verify/verify-delivery.ts";
import { createContext } from "../../../contract/destination/bench.ts";

it("takes a folder in the place of a removed file, and neither a file nor a symlink", async () => {
  const path = parseSitePath("/a");
  const removal: Change = {
    kind: "remove",
    owner: libraryModule,
    wave: "removals",
    path,
    reason: "not in release",
    before: { digest: digestOf(""), size: 0 },
  };
  const verify = (standing: Standing) => {
    const look: Delivery["look"] = async function* () {
      yield standing;
    };
    const changes = async function* () {
      yield removal;
    };
    return verifyChanges("mirror", changes, { look }, createContext());
  };
  expect(await verify({ path, kind: "absent" })).toBe(1);
  expect(await verify({ path, kind: "other", detail: "directory" })).toBe(1);
  const left = { code: "corrupt", message: expect.stringContaining("/a: it is still there") };
  await expect(verify({ path, kind: "other", detail: "symlink" })).rejects.toMatchObject(left);
  await expect(verify({ path, kind: "file", size: 0, mtimeSeconds: 0 })).rejects.toMatchObject(left);
});
