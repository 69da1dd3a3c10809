import { digestOf } from "../model/digest.ts";
import { isLibraryName } from "../model/library-paths.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";
import type { NameStore } from "../ports/store/release-store.ts";

// Many programs of Windows end at 260 units; 240 leave room for the names they make besides, and of these
// the folder of the mirror may have 60.
const pathUnitsMax = 180;
const segmentBytesMax = 255;
const shortestFileUnits = "/x".length;
const rememberedMax = 10_000;

/**
 * Tells where in every mirror a path of the site stands. The path stays as it is if ext4, NTFS, exFAT, FAT32
 * and APFS take it, it has at most 180 UTF-16 units, and no path that they may take for it came first: folder
 * by folder, so that none of them merges two folders, or a file and a folder. Else it is marked by its own
 * digest; and one that is too long loses the end of its name, and its deepest folders where that is not
 * enough. Distinct paths have distinct places, which never change and are never one of ours.
 *
 * It remembers places, and claims can be lost with a release that was not sealed: make a new one after that.
 * Throws what the store throws.
 */
export function mirrorNames(names: NameStore): (path: SitePath) => Promise<SitePath> {
  const claim = (path: string, folders: readonly string[]) =>
    names.claim("mirror", path as SitePath, candidates(path, folders));
  // The names of a folder and those around it, outermost first, as far as they leave room for a file.
  const foldersTo: (folder: string) => Promise<readonly string[]> = remember(async (folder) => {
    if (folder === "") return [""];
    const around = await foldersTo(folderOf(folder));
    const plain = plainName(folder, around);
    if (plain === undefined || plain.length + shortestFileUnits > pathUnitsMax) return around;
    return [...around, await claim(folder, around)];
  });
  return remember(async (path) => parseSitePath(await claim(path, await foldersTo(folderOf(path)))));
}

const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:\.|$)/i;

// FAT and NTFS also find a file by a short name that they make of its long one, and by no rule that holds on
// every drive: "lecture notes.pdf" may be "LECTUR~1.PDF", too, and a file called so would overwrite it. Short
// names have at most eight units before the dot, so none is like a name that eight digits mark.
const shortName = /^(?=[^.]{2,8}(?:\.|$))([^.]*)~(\d+(?:\.[^.]{0,3})?)$/;

/**
 * The segment of a path made legal on ext4, NTFS, exFAT, FAT32 and APFS, but for its length: characters and
 * device names of Windows (https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file), and what
 * FAT ignores at either end. Idempotent, but not injective.
 */
export function safeName(segment: string): string {
  const legal = segment
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^ +|[. ]+$/g, (end) => "_".repeat(end.length))
    .replace(shortName, "$1_$2");
  return reserved.test(legal) ? `_${legal}` : legal;
}

/** The name of a path in its own folder, if all folders around it have one. */
function plainName(path: string, folders: readonly string[]): string | undefined {
  const isWhole = folders.length === path.split("/").length - 1;
  return isWhole ? `${folders.at(-1)}/${safeName(lastOf(path))}` : undefined;
}

/** Names for a path, best first; each later one has more digits of its digest. */
function* candidates(path: string, folders: readonly string[]): Iterable<string> {
  const plain = plainName(path, folders);
  const segment = safeName(lastOf(path));
  const isFit = plain !== undefined && plain.length <= pathUnitsMax;
  if (isFit && Buffer.byteLength(segment) <= segmentBytesMax && !isLibraryName(plain)) yield plain;
  const [extension = ""] = /(?<=.)\.[a-z\d]{1,12}$/i.exec(segment) ?? [];
  const stem = segment.slice(0, segment.length - extension.length);
  const digest = digestOf(path);
  for (let digits = 8; digits <= digest.length; digits += 4) {
    const end = `~${digest.slice(0, digits)}${extension}`;
    const room = (folder: string) => pathUnitsMax - folder.length - "/".length - end.length;
    const folder = folders.findLast((each) => room(each) > 0) ?? "";
    yield `${folder}/${cut(stem, room(folder), segmentBytesMax - end.length)}${end}`;
  }
}

/** The longest beginning of a text within both bounds that splits no character. */
function cut(text: string, unitsMax: number, bytesMax: number): string {
  let kept = "";
  for (const character of text) {
    const longer = kept + character;
    if (longer.length > unitsMax || Buffer.byteLength(longer) > bytesMax) break;
    kept = longer;
  }
  return kept;
}

/** The same question, its answers kept until they are many. */
function remember<Path extends string, Answer>(
  ask: (path: Path) => Promise<Answer>,
): (path: Path) => Promise<Answer> {
  const answers = new Map<Path, Answer>();
  return async (path) => {
    const known = answers.get(path);
    if (known !== undefined) return known;
    const answer = await ask(path);
    if (answers.size >= rememberedMax) answers.clear();
    answers.set(path, answer);
    return answer;
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
