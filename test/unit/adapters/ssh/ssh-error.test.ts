import { describe, expect, it } from "vitest";
import { toSshError } from "../../../../adapters/shared/ssh/ssh-error.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";

const where = { label: "user@host:22", doing: "creating /srv/a" };
const failure = (code: number | string, message = "Failure") => Object.assign(new Error(message), { code });

describe("toSshError", () => {
  it.each([
    [failure(2), "not-found", /no such file/],
    [failure(3), "unauthorized", /give this user the right/],
    [failure(4), "refused", /failed while creating \/srv\/a/],
    [failure(6), "unavailable", /lost its connection/],
    [failure(8), "refused", /does not support creating/],
    [failure("ECONNREFUSED", "connect ECONNREFUSED"), "unavailable", /cannot be reached/],
    [new Error("All configured authentication methods failed"), "unauthorized", /refused the login/],
    [new Error("Cannot parse privateKey: bad decrypt"), "invalid-config", /private key/],
    [new Error("Handshake failed: no matching key exchange algorithm"), "refused", /algorithm/],
    [new Error("Keepalive timeout"), "unavailable", /stopped answering/],
    [new Error("Packet length 1214346853 exceeds max length of 262144"), "refused", /prints text.*"Have/],
    ["a text", "unavailable", /a text/],
  ])("translates %s", (thrown, code, message) => {
    const error = toSshError(thrown, where);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message).toContain(where.label);
    expect(error.cause).toBe(thrown);
  });

  it("knows a full disk, and leaves what is translated alone", () => {
    const error = toSshError(failure(4), { ...where, diskFullAt: "0 bytes free in /srv" });
    expect([error.code, error.message]).toEqual(["unavailable", expect.stringMatching(/disk full.*0 bytes/)]);
    const known = new PublishError("conflict", "known");
    expect(toSshError(known, where)).toBe(known);
  });
});
