import { z } from "zod";
import { wholeNumber } from "./kinds.ts";

// A star stands for whole labels at the beginning; IPv6 addresses are written in brackets.
const hostPattern = /^(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** A host, or a pattern of hosts. */
export const hostSchema = z
  .string()
  .regex(hostPattern, "a host as www.example.org, *.example.org or *, with or without :port");

/** Which links to other hosts are looked at, and how. */
export const linksSchema = z.strictObject({
  hosts: z
    .array(hostSchema)
    .default([])
    .describe("Hosts whose links are checked, on ports 80 and 443 if none is named; *: all. None: no check."),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("Whether hosts that are named in full may have a private address."),
  cacheDays: wholeNumber(1, 3650)
    .default(30)
    .describe("How long a link that was checked is not asked again."),
  concurrency: wholeNumber(1, 64).default(4).describe("Links that are asked for at the same time, at most."),
  delayPerHostMs: wholeNumber(0, 3_600_000)
    .default(1000)
    .describe("The wait between two requests to one host, in milliseconds; it gets one at a time."),
});
