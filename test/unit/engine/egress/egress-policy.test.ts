import { describe, expect, it } from "vitest";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";

const refused = expect.objectContaining({ code: "refused" });
const egress = egressPolicy([
  { host: "cms.example:8080", allowPrivate: true },
  { host: "cdn.example:443", allowPrivate: false },
  { host: "plain.example", allowPrivate: false },
  { host: "127.0.0.1:9000", allowPrivate: true },
  { host: "[::1]:9000", allowPrivate: true },
  { host: "10.1.2.3:80", allowPrivate: false },
]);
const check = (url: string) => () => egress.check(new URL(url));

describe("the egress policy", () => {
  it.each([
    "http://cms.example:8080/courses?x=1",
    "https://cms.example:8080/",
    "http://CMS.EXAMPLE:8080/",
    "https://cdn.example/",
    "http://plain.example/",
    "https://plain.example/",
    "http://127.0.0.1:9000/",
    "http://[::1]:9000/",
  ])("promise 12: lets a request go to a configured host: %s", (url) => {
    expect(check(url)).not.toThrow();
  });

  it.each([
    ["another host", "http://evil.example:8080/"],
    ["another port of a named host", "http://cms.example/"],
    ["the plain port where the other is named", "http://cdn.example/"],
    ["a host that ends in a named one", "http://evilcms.example:8080/"],
    ["a host that begins with a named one", "http://cms.example.evil.example:8080/"],
    ["a name with a dot at its end", "http://cms.example.:8080/"],
    ["a named host as user name", "http://cms.example:8080@evil.example/"],
    ["a password for a named host", "http://user:secret@cms.example:8080/"],
    ["a user name alone", "http://user@cms.example:8080/"],
    ["a file", "file:///etc/passwd"],
    ["another scheme", "ftp://cms.example:8080/"],
    ["data", "data:text/html,hello"],
    ["javascript", "javascript:alert(1)"],
    ["a private address that is named but not allowed", "http://10.1.2.3/"],
    ["loopback in decimal", "http://2130706433/"],
    ["loopback in hexadecimal", "http://0x7f000001:8080/"],
    ["loopback in octal", "http://0177.0.0.1/"],
    ["loopback in short", "http://127.1/"],
    ["loopback in full-width digits", "http://１２７.0.0.1/"],
    ["nowhere", "http://0/"],
    ["cloud metadata", "http://169.254.169.254/latest/meta-data/"],
    ["loopback in IPv6", "http://[::1]/"],
    ["loopback mapped into IPv6", "http://[::ffff:127.0.0.1]:9000/"],
    ["localhost", "http://localhost:9000/"],
  ])("promise 12: lets no request leave for %s", (_, url) => {
    expect(check(url)).toThrowError(refused);
  });

  it("judges the address an odd spelling means", () => {
    const odd = egressPolicy([{ host: "2130706433:80", allowPrivate: false }]);
    expect(() => odd.check(new URL("http://127.0.0.1/"))).toThrowError(refused);
    const allowed = egressPolicy([{ host: "0x7f.1:80", allowPrivate: true }]);
    expect(() => allowed.check(new URL("http://127.0.0.1/"))).not.toThrow();
  });

  it("never repeats credentials in its complaint", () => {
    expect(check("http://user:secret@cms.example:8080/")).toThrowError(/^(?!.*secret)/);
  });

  it.each([
    "",
    "cms.example/",
    "http://cms.example",
    "user@cms.example:1",
    "cms.example:99999",
    "a b:1",
    "a?b",
  ])("takes no rule like %j", (host) => {
    const wrong = expect.objectContaining({ code: "invalid-config" });
    expect(() => egressPolicy([{ host, allowPrivate: false }])).toThrowError(wrong);
  });
});

describe("patterns of hosts", () => {
  const named = [
    { host: "127.0.0.1:9000", allowPrivate: true },
    { host: "wiki.example:8080", allowPrivate: false },
  ];
  const some = egressPolicy(named, ["*.example.org", "*.example.net:8443"]);
  const all = egressPolicy(named, ["*"]);

  it.each([
    ["a name below", "https://www.example.org/", true],
    ["a name far below", "http://a.b.EXAMPLE.org/", true],
    ["the port beside the pattern", "https://www.example.net:8443/", true],
    ["a host named in full", "http://wiki.example:8080/", true],
    ["the name itself", "https://example.org/", false],
    ["a name that only ends alike", "https://evilexample.org/", false],
    ["a name that begins alike", "https://www.example.org.evil.example/", false],
    ["another port", "https://www.example.org:8443/", false],
    ["the usual port where another is named", "https://www.example.net/", false],
    ["a name with a dot at its end", "https://www.example.org./", false],
    ["a user name that looks like it", "https://www.example.org@evil.example/", false],
    ["credentials", "https://me:secret@www.example.org/", false],
    ["another scheme", "ftp://www.example.org/", false],
  ])("stand for names below and no other: %s", (_, url, isAllowed) => {
    const ask = expect(() => some.check(new URL(url)));
    if (isAllowed) ask.not.toThrow();
    else ask.toThrowError(refused);
  });

  it.each([
    ["a public name", "https://anything.example/", true],
    ["a public address", "http://8.8.8.8/", true],
    ["a named private address", "http://127.0.0.1:9000/", true],
    ["a named private address at another port", "http://127.0.0.1/", false],
    ["a port that is not the web's", "https://anything.example:22/", false],
    ["loopback", "http://127.0.0.2/", false],
    ["loopback in decimal", "http://2130706434/", false],
    ["loopback in octal", "http://0177.0.0.02/", false],
    ["loopback mapped into IPv6", "http://[::ffff:127.0.0.2]/", false],
    ["a private address", "https://10.1.2.3/", false],
    ["cloud metadata", "http://169.254.169.254/latest/meta-data/", false],
  ])("a star alone stands for every public host: %s", (_, url, isAllowed) => {
    const ask = expect(() => all.check(new URL(url)));
    if (isAllowed) ask.not.toThrow();
    else ask.toThrowError(refused);
  });

  it("never stand for a name that leads to a private address", () => {
    expect(() => all.checkAddress("localhost", "127.0.0.1")).toThrowError(refused);
    expect(() => all.checkAddress("rebound.example", "::ffff:10.0.0.1")).toThrowError(refused);
    expect(() => some.checkAddress("www.example.org", "192.168.0.1")).toThrowError(refused);
    expect(() => some.checkAddress("evil.example", "8.8.8.8")).toThrowError(refused);
    expect(() => all.checkAddress("www.example.org", "8.8.8.8")).not.toThrow();
  });

  it("are not read from hosts that adapters name", () => {
    const adapters = egressPolicy([{ host: "*.example.org:80", allowPrivate: false }]);
    expect(() => adapters.check(new URL("http://www.example.org/"))).toThrowError(refused);
  });

  it.each([
    "",
    "example.org",
    "*example.org",
    "*.",
    "*.*",
    "w*.example.org",
    "*.example.org/a",
    "*:0x50",
    "*.1",
  ])("are not written as %j", (pattern) => {
    const wrong = expect.objectContaining({ code: "invalid-config" });
    expect(() => egressPolicy([], [pattern])).toThrowError(wrong);
  });
});

describe("the address of a host", () => {
  const special = [
    [
      "0.0.0.0",
      "10.0.0.1",
      "100.64.0.1",
      "100.100.100.200",
      "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254",
    ],
    [
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.1",
      "192.168.1.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
    ],
    ["::", "::1", "::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::"],
    ["2001::1", "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1"],
  ].flat();
  it.each(special)("promise 12: may not be %s unless that is configured", (address) => {
    expect(() => egress.checkAddress("cdn.example", address)).toThrowError(refused);
    expect(() => egress.checkAddress("cms.example", address)).not.toThrow();
  });

  it.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])(
    "may be %s, which is public",
    (address) => {
      expect(() => egress.checkAddress("cdn.example", address)).not.toThrow();
    },
  );

  it.each([
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "010.0.0.1",
    "fe80::1%eth0",
    "1.2.3.4.5",
    "256.1.1.1",
  ])("may not be %j, which is no address", (address) => {
    expect(() => egress.checkAddress("cms.example", address)).toThrowError(refused);
  });

  it("is judged for named hosts only", () => {
    expect(() => egress.checkAddress("evil.example", "8.8.8.8")).toThrowError(refused);
    expect(() => egress.checkAddress("::1", "::1")).not.toThrow();
  });
});
