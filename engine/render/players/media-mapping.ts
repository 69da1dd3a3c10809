import { z } from "zod";
import { PublishError } from "../../errors/publish-error.ts";

const place = z
  .string()
  .max(2_000)
  .regex(/^(?:https?:\/\/|\/)/, "a URL or a path of the site")
  .refine((text) => URL.canParse(text, "http://any.example"), "not a URL");
const captionsSchema = z.strictObject({
  lang: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/)
    .exactOptional(),
  url: place,
  label: z.string().min(1).max(100).exactOptional(),
});
const mappedSchema = z.strictObject({
  video: place.exactOptional(),
  captions: z.array(captionsSchema).max(50).exactOptional(),
  poster: place.exactOptional(),
  title: z.string().min(1).max(500).exactOptional(),
});

/** What stands for a player by the mapping: places are absolute URLs or paths of the site. */
export type MappedMedia = z.output<typeof mappedSchema>;

/** A mapping as it was read. */
export interface MediaMapping {
  /** By the keys of players. */
  readonly players: ReadonlyMap<string, MappedMedia>;
  /** What is wrong with rows, which are left out: a bad one costs its own player and no other. */
  readonly complaints: readonly string[];
}

const charactersMax = 64 * 2 ** 20;

/**
 * Reads a mapping file: a JSON object by the keys of players. Throws `invalid-config` for a file that is not
 * one.
 */
export function readMediaMapping(text: string): MediaMapping {
  const players = new Map<string, MappedMedia>();
  const complaints: string[] = [];
  for (const [key, row] of Object.entries(readRows(text))) {
    const { data, error } = mappedSchema.safeParse(row);
    if (data !== undefined) players.set(key, data);
    else
      complaints.push(
        `${JSON.stringify(key.slice(0, 200))}: ${error?.issues.slice(0, 3).map(describe).join("; ")}`,
      );
  }
  return { players, complaints };
}

const describe = ({ path, message }: z.core.$ZodIssue): string => `${path.join(".")} ${message}`.trim();

function readRows(text: string): Record<string, unknown> {
  try {
    if (text.length > charactersMax) throw new RangeError(`it is longer than ${charactersMax} characters`);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    const problem = "the media mapping is not a JSON object by the keys of players";
    throw new PublishError("invalid-config", problem, { cause });
  }
}
