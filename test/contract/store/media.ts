import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import type { KeptMedia } from "../../../engine/ports/store/composition-store.ts";
import { at, type StoreUnderTest } from "./samples.ts";

const url = "https://media.example/\u00e9.mp4";
const failed: KeptMedia = { url, askedAt: at(10), failure: "status 404" };
const fetched: KeptMedia = {
  url,
  askedAt: at(20),
  digest: digestOf("v"),
  size: 2 ** 40,
  mediaType: "video/mp4",
};

/** What is remembered of media that were asked for. */
export function testMedia(made: () => StoreUnderTest): void {
  it("remembers what came of the last asking for each URL, also after a crash", async () => {
    const { store, crash } = made();
    expect(await store.media.get(url)).toBeUndefined();
    await store.media.keep(failed);
    expect(await store.media.get(url)).toEqual(failed);
    await store.media.keep(fetched);
    expect(await store.media.get(url)).toEqual(fetched);
    expect(await store.media.get(`${url}#`)).toBeUndefined();
    expect(await (await crash()).media.get(url)).toEqual(fetched);
    await store.media.keep(failed);
    expect(await store.media.get(url)).toEqual(failed);
  });
}
