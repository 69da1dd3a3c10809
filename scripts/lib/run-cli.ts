import yargs, { type Argv } from "yargs";
import { exitCodeOf } from "../../engine/errors/exit-code.ts";
import { PublishError, toPublishError } from "../../engine/errors/publish-error.ts";
import { crawlSections } from "../../engine/model/crawl-details.ts";
import { libraryModule } from "../../engine/model/module.ts";
import { webPlaces } from "../../engine/model/run.ts";
import { roles } from "../../engine/ports/store/store.ts";
import { checkConfig, printConfigSchema } from "../commands/config.ts";
import { doctor } from "../commands/doctor.ts";
import { defineDriveCommands } from "../commands/drive.ts";
import { printMirrorConfig } from "../commands/mirror.ts";
import { modules } from "../commands/modules.ts";
import { plan } from "../commands/plan.ts";
import { reportCrawl, reportFormats } from "../commands/report.ts";
import { approve, publish, requestEach, rollback } from "../commands/request-runs.ts";
import { serve } from "../commands/serve.ts";
import { status } from "../commands/status.ts";
import { createNamedToken } from "../commands/token.ts";
import type { CommandContext } from "./command-context.ts";
import type { Composition } from "./composition.ts";
import { printable } from "./printable.ts";
import { makeTerminal, type Output } from "./terminal.ts";
import { version } from "./version.ts";

/** What the CLI needs of the process that it runs in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Fires when a person or the system wants the program to stop. */
  readonly signal: AbortSignal;
}

type Globals = { readonly config: string | undefined; readonly json: boolean };
/** What a command's handler hands back to be run: yargs only reads the arguments. */
type Work = (context: CommandContext) => Promise<number> | number;

const moduleHelp = "the path of a module, as /courses/physics/8-01";

/**
 * Runs one command line and gives its exit code. A failure is one message on stderr (JSON with --json), with
 * its causes when --debug is given; its code makes the exit code.
 */
export async function runCli(
  argv: readonly string[],
  composition: Composition,
  surroundings: Surroundings,
): Promise<number> {
  const { env, stdout, stderr, signal } = surroundings;
  const terminal = makeTerminal(stdout, stderr, env);
  try {
    const { work, globals, told } = await readArguments(argv, terminal.width);
    if (work === undefined) {
      terminal.print(told);
      return 0;
    }
    const { json, config = env.OCW_ENGINE_CONFIG } = globals;
    return await work({ composition, terminal, env, signal, json, config });
  } catch (thrown) {
    const error = toPublishError(thrown);
    const { code, message } = error;
    const told = argv.includes("--json")
      ? [JSON.stringify({ error: { code, message } })]
      : [`ocw-engine: ${message}`];
    if (argv.includes("--debug")) told.push(...causesOf(error));
    for (const line of told.join("\n").split("\n")) terminal.note(printable(line));
    return exitCodeOf(code);
  }
}

/** The work that a command line asks for, or, for --help and --version, what to tell. */
async function readArguments(
  argv: readonly string[],
  width: number,
): Promise<{ work: Work | undefined; globals: Globals; told: string }> {
  let work: Work | undefined;
  let told = "";
  const parser = defineCommands((chosen) => {
    work = chosen;
  })
    .scriptName("ocw-engine")
    .usage("$0 <command>: publishes a site from its CMS to staging, production, mirrors and the CDN")
    .option("config", {
      type: "string",
      requiresArg: true,
      describe: "configuration file (or OCW_ENGINE_CONFIG)",
    })
    .option("json", { type: "boolean", default: false, describe: "print JSON" })
    .option("debug", { type: "boolean", default: false, describe: "show the causes of an error" })
    .version(version)
    .help()
    // Messages are matched by programs too, so they do not follow the caller's language.
    .locale("en")
    .wrap(Math.min(width, 100))
    .strict()
    .strictCommands()
    .recommendCommands()
    .check(refuseRepeated)
    .demandCommand(1, "say what to do; see ocw-engine --help")
    .exitProcess(false)
    .fail((message, error) => {
      // A message without an error is a fault of the command line.
      throw error ?? new PublishError("invalid-config", `${lowerFirst(message)}; see ocw-engine --help`);
    });
  const globals = await parser.parseAsync([...argv], {}, (error, _parsed, output) => {
    if (error) throw error;
    told = output;
  });
  return { work, globals, told };
}

/** Only the modules may be several; of two answers to one question neither is right. */
function refuseRepeated(given: Readonly<Record<string, unknown>>): true {
  const repeated = Object.keys(given).find(
    (name) => name !== "_" && name !== "modules" && Array.isArray(given[name]),
  );
  if (repeated === undefined) return true;
  throw new PublishError("invalid-config", `--${repeated} is given more than once; see ocw-engine --help`);
}

function defineCommands(choose: (work: Work) => void): Argv {
  return defineRunCommands(yargs(), choose)
    .command("serve", "run the daemon", {}, () => choose(serve))
    .command("status", "how the daemon is, and its newest runs", {}, () => choose(status))
    .command("modules", "every module, and which release is live where", {}, () => choose(modules))
    .command("doctor", "probe CMS, destinations and CDN", {}, () => choose(doctor))
    .command("report", "what was found", (report) =>
      report
        .command(
          "crawl <run>",
          "what the crawl of a run found: broken links, redirects, leaks, the slowest and largest",
          (command) =>
            command
              .positional("run", { type: "number", demandOption: true })
              .option("section", { choices: crawlSections, describe: "one section, in full" })
              .option("format", { choices: reportFormats, default: "table" as const, describe: "how" }),
          ({ run, section, format }) =>
            choose((context) => reportCrawl(context, checkNumber("run", run) ?? run, section, format)),
        )
        .demandCommand(1, "say crawl"),
    )
    .command("drive", "drives for places without a network: plan, write, verify, update", (drive) =>
      defineDriveCommands(drive, choose),
    )
    .command("mirror", "the mirror and its service", (mirror) =>
      mirror
        .command("update", "bring the mirror to what production holds", {}, () =>
          choose((context) => requestEach(context, "mirror", [libraryModule])),
        )
        .command(
          "config",
          "print rsyncd.conf and rrsync key lines for the mirror's hosts",
          (command) =>
            command.option("out", {
              type: "string",
              requiresArg: true,
              describe: "write them to this folder instead",
            }),
          ({ out }) => choose((context) => printMirrorConfig(context, out)),
        )
        .demandCommand(1, "say update or config"),
    )
    .command("config", "look at the configuration", (config) =>
      config
        .command("check", "check the file and all that it refers to", {}, () => choose(checkConfig))
        .command("schema", "print the JSON Schema of the file", {}, () => choose(printConfigSchema))
        .demandCommand(1, "say check or schema"),
    )
    .command("token", "tokens of the API", (token) =>
      token
        .command(
          "create <name>",
          "make a token and show it once",
          (command) =>
            command
              .positional("name", { type: "string", demandOption: true, describe: "whose token it is" })
              .option("role", { choices: roles, demandOption: true, describe: "what it allows" }),
          ({ name, role }) => choose((context) => createNamedToken(context, name, role)),
        )
        .demandCommand(1, "say create"),
    );
}

function defineRunCommands(parser: Argv, choose: (work: Work) => void): Argv {
  const oneModule = { type: "string", demandOption: true, describe: moduleHelp } as const;
  return parser
    .command(
      "publish [modules..]",
      "publish modules to staging",
      (command) =>
        command
          .positional("modules", { type: "string", array: true, default: [], describe: moduleHelp })
          .option("all", { type: "boolean", default: false, describe: "every module that may be published" }),
      (given) => choose((context) => publish(context, given.modules, given.all)),
    )
    .command(
      "promote <modules..>",
      "deliver to production what staging holds",
      (command) => command.positional("modules", { ...oneModule, array: true }),
      (given) => choose((context) => requestEach(context, "promote", given.modules)),
    )
    .command(
      "check-links <modules..>",
      "look at the links to other hosts in what was crawled last",
      (command) => command.positional("modules", { ...oneModule, array: true }),
      (given) => choose((context) => requestEach(context, "check-links", given.modules)),
    )
    .command(
      "package <modules..>",
      "make the ZIPs of courses from what production holds",
      (command) => command.positional("modules", { ...oneModule, array: true }),
      (given) => choose((context) => requestEach(context, "package", given.modules)),
    )
    .command("feeds", "list every live page and ZIP, in sitemap.xml and zips.txt", {}, () =>
      choose((context) => requestEach(context, "feeds", [libraryModule])),
    )
    .command(
      "rollback <module>",
      "deliver an older release",
      (command) =>
        command
          .positional("module", oneModule)
          .option("place", { choices: webPlaces, demandOption: true, describe: "where" })
          .option("to", { type: "number", describe: "the release; the one before the live one if left out" }),
      ({ module, place, to }) =>
        choose((context) => rollback(context, module, place, checkNumber("--to", to))),
    )
    .command(
      "approve <run>",
      "let a run go on that a guard stopped",
      (command) => command.positional("run", { type: "number", demandOption: true }),
      ({ run }) => choose((context) => approve(context, checkNumber("run", run) ?? run)),
    )
    .command(
      "plan <module>",
      "what a publish would change, and why; changes nothing",
      (command) => command.positional("module", oneModule),
      ({ module }) => choose((context) => plan(context, module)),
    );
}

function checkNumber(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
    throw new PublishError("invalid-config", `${name} must be a whole number above 0; see ocw-engine --help`);
  return value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The stack of an error and of each cause below it. */
function causesOf(error: Error): string[] {
  const lines: string[] = [];
  let next: unknown = error;
  for (let depth = 0; next instanceof Error && depth < 10; depth += 1) {
    lines.push(next.stack ?? next.message);
    next = next.cause;
  }
  return lines;
}
