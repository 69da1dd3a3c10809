/** An address as its bytes: 4 for IPv4, 16 for IPv6. */
export type AddressBytes = readonly number[];

/**
 * Reads an address as a resolver or the WHATWG URL parser writes it; undefined for anything else, in
 * particular for the decimal, octal and hexadecimal spellings that some systems take for an IPv4 address.
 */
export function parseAddress(text: string): AddressBytes | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/**
 * True for an address that is not an ordinary one of the public Internet: loopback, private, link-local
 * (cloud metadata lives there), shared, multicast, reserved, or an IPv6 form that carries such an IPv4
 * address. Ranges: https://www.iana.org/assignments/iana-ipv4-special-registry and
 * iana-ipv6-special-registry.
 */
export function isSpecialAddress(address: AddressBytes): boolean {
  if (address.length === 4) return ipv4Ranges.some((range) => isWithin(address, range));
  const carried = carriers.find((carrier) => isWithin(address, carrier));
  if (carried !== undefined) {
    const start = carried.ipv4At;
    return carried.isAlwaysSpecial || isSpecialAddress(address.slice(start, start + 4));
  }
  return !isWithin(address, globalUnicast) || ipv6Ranges.some((range) => isWithin(address, range));
}

interface Range {
  readonly start: AddressBytes;
  readonly bits: number;
}

function range(text: string): Range {
  const [start = "", bits = ""] = text.split("/");
  return { start: parseAddress(start) ?? [], bits: Number(bits) };
}

const ipv4Ranges = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map(range);

/** All that is assigned for ordinary use; loopback, unique local, link-local and multicast lie outside. */
const globalUnicast = range("2000::/3");

const ipv6Ranges = ["2001:db8::/32", "3fff::/20"].map(range);

/** IPv6 forms that stand for an IPv4 address: mapped, translated (NAT64), 6to4, Teredo. */
const carriers = [
  { ...range("::ffff:0:0/96"), ipv4At: 12, isAlwaysSpecial: false },
  { ...range("64:ff9b::/96"), ipv4At: 12, isAlwaysSpecial: false },
  { ...range("2002::/16"), ipv4At: 2, isAlwaysSpecial: false },
  { ...range("2001::/32"), ipv4At: 12, isAlwaysSpecial: true },
];

function isWithin(address: AddressBytes, { start, bits }: Range): boolean {
  for (let bit = 0; bit < bits; bit += 8) {
    const index = bit / 8;
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if (((address[index] ?? 0) & mask) !== ((start[index] ?? 0) & mask)) return false;
  }
  return true;
}

function parseIpv4(text: string): AddressBytes | undefined {
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The URL parser writes every IPv6 spelling in one form, without a dotted tail; a zone index it refuses. */
function parseIpv6(text: string): AddressBytes | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
