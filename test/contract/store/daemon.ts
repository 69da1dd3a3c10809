import { expect, it } from "vitest";
import { at, type StoreUnderTest } from "./samples.ts";

/** Tokens, leases and checks of links. */
export function testDaemonState(made: () => StoreUnderTest): void {
  it("finds tokens by hash, and gives no name twice", async () => {
    const { store, crash } = made();
    const ann = { name: "ann", role: "publisher", createdAt: at(0) } as const;
    const bob = { name: "bob", role: "admin", createdAt: at(1) } as const;
    await store.tokens.add(bob, "hash of bob's");
    await store.tokens.add(ann, "hash of ann's");
    await expect(store.tokens.add({ ...ann, role: "admin" }, "another")).rejects.toMatchObject({
      code: "conflict",
    });
    const { tokens } = await crash();
    expect(await tokens.find("hash of bob's")).toEqual(bob);
    expect(await tokens.find("hash of ann's")).toEqual(ann);
    expect(await tokens.find("another")).toBeUndefined();
  });

  it("keeps the last check of a link through a crash", async () => {
    const { store, crash } = made();
    const url = "https://example.org/a?b";
    await store.linkChecks.keep(url, { outcome: "unreachable", detail: "nobody answers", checkedAt: at(0) });
    await store.linkChecks.keep("https://example.org/", { outcome: "ok", status: 200, checkedAt: at(1) });
    const moved = {
      outcome: "moved",
      status: 200,
      detail: "https://example.org/c",
      checkedAt: at(2),
    } as const;
    await store.linkChecks.keep(url, moved);
    const { linkChecks } = await crash();
    expect(await linkChecks.find(url)).toEqual(moved);
    expect(await linkChecks.find("https://example.org/")).toEqual({
      outcome: "ok",
      status: 200,
      checkedAt: at(1),
    });
    expect(await linkChecks.find("https://example.org/a")).toBeUndefined();
  });

  it("grants a key to one holder at a time, each time with a greater token", async () => {
    const { store, crash } = made();
    const first = await store.leases.acquire("origin /a", "run 1", at(0));
    expect(first).toBeTypeOf("number");
    expect(await store.leases.acquire("origin /a", "run 2", at(0))).toBeUndefined();
    expect(await store.leases.acquire("origin /b", "run 2", at(0))).toBeTypeOf("number");
    const again = await store.leases.acquire("origin /a", "run 1", at(1));
    expect(again).toBeGreaterThan(first ?? 0);
    await store.leases.release("origin /a", first ?? 0);
    expect(await store.leases.acquire("origin /a", "run 2", at(1))).toBeUndefined();
    await store.leases.release("origin /a", again ?? 0);
    const third = await store.leases.acquire("origin /a", "run 2", at(2));
    expect(third).toBeGreaterThan(again ?? 0);
    const { leases } = await crash();
    expect(await leases.acquire("origin /a", "run 3", at(3))).toBeUndefined();
    await leases.releaseAll();
    expect(await leases.acquire("origin /a", "run 3", at(3))).toBeGreaterThan(third ?? 0);
  });
}
