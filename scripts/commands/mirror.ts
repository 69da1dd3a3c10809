import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Selection } from "../../engine/model/mirror.ts";
import { type CommandContext, printResult, readConfig } from "../lib/command-context.ts";

/** What consumers of a host pull from: a name of its own for each selection, and where it stands. */
interface Share {
  readonly name: string;
  readonly root: string;
  readonly describes: string;
}

const head = `# The rsync daemon of the mirror, read only, open to everybody who may reach the port.
# Start it as root.
# "use chroot" makes it follow the symlink "current" when a pull begins, whoever owns it: a pull sees one
# generation from end to end, whatever is published meanwhile. A pull that was cut goes on with the same one
# under NAME-generations/NUMBER, as long as the mirror keeps it.

use chroot = yes
# Published files are readable by everybody, so nobody is enough.
uid = nobody
gid = nogroup
read only = yes

max connections = 40
timeout = 600
reverse lookup = no
# A pull with --checksum would read the whole mirror from the disk, and names, sizes and times tell as much.
refuse options = checksum
dont compress = *
log file = /var/log/rsyncd.log
transfer logging = no
`;

/** Prints what the servers of the mirror need, for each of its hosts, or writes it to files in `out`. */
export async function printMirrorConfig(context: CommandContext, out?: string): Promise<number> {
  const { site, destinations } = await readConfig(context);
  const shares = new Map<string, Share[]>();
  for (const selection of site.mirror.selections)
    for (const name of selection.destinations) {
      const place = destinations.find((each) => each.name === name)?.mirrorPlace;
      if (place === undefined) continue;
      const { host = "localhost", root } = place;
      const others = shares.get(host) ?? [];
      const isTaken = others.some((share) => share.name === selection.name);
      const share = { name: isTaken ? name : selection.name, root, describes: describe(selection) };
      shares.set(host, [...others, share]);
    }
  if (shares.size === 0)
    throw new PublishError("not-found", "the place mirror has no destination of the type mirror");
  const files = [...shares].flatMap(([host, ofHost]) => [
    { file: `${host}/rsyncd.conf`, text: `${head}${ofHost.map(moduleOf).join("")}` },
    { file: `${host}/authorized_keys`, text: ofHost.map(keyLineOf).join("") },
  ]);
  if (out !== undefined)
    for (const { file, text } of files) {
      await mkdir(path.join(out, path.dirname(file)), { recursive: true });
      await writeFile(path.join(out, file), text);
    }
  const printed = files.map(({ file, text }) =>
    out === undefined ? `# ${file}\n${text}` : path.join(out, file),
  );
  printResult(context, files, printed);
  return 0;
}

function describe({ name, without }: Selection): string {
  return without.length === 0 ? name : `${name}, without ${without.join(", ")}`;
}

/** Parameters of rsyncd.conf(5). */
function moduleOf({ name, root, describes }: Share): string {
  return `
[${name}]
    comment = ${describes}: the newest generation
    path = ${root}/current
    list = yes

[${name}-generations]
    comment = ${describes}: every generation that is kept, by its number
    path = ${root}/generations
    # Trees in the making, and when others stopped being current.
    exclude = /*.partial /*.replaced
    list = no
`;
}

/** A line of authorized_keys for a consumer that pulls over SSH, by rrsync(1). */
function keyLineOf({ name, root }: Share): string {
  const quoted = `'${root.replaceAll("'", "'\\''")}/current'`.replaceAll('"', '\\"');
  return `# ${name}\nrestrict,command="rrsync -ro ${quoted}" ssh-ed25519 KEY-OF-A-CONSUMER\n`;
}
