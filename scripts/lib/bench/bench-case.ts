import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { medianOf } from "../../../test/house/tidy.ts";
import { type Measurement, measureProcess } from "./measure-process.ts";

/** Further columns of a row. */
export type Facts = Readonly<Record<string, number | string>>;

/** One way to do the work of a case, as a whole process. */
export interface Subject {
  readonly name: string;
  /** The program and its arguments; its output goes to the folder `out`. */
  command(out: string): readonly string[];
  /** Those that mean success; 0 unless told. */
  readonly exitCodes?: readonly number[];
  /** For what is too slow to be run in every round. */
  readonly runsMax?: number;
  /** Puts into `out`, which is not there yet, what the run is to find. */
  prepare?(out: string): Promise<void>;
  /** Takes from `out` what the next run is to find. */
  leave?(out: string): Promise<void>;
  /** Looks at the outcome of the first run; it may throw if that is not the work that was asked for. */
  inspect?(out: string): Promise<Facts>;
}

/** A piece of work with everything it needs at hand. */
export interface OpenCase {
  readonly ours: readonly Subject[];
  readonly peers: readonly Subject[];
  /** What no subject can be faster than. */
  readonly idealMs?: number;
  /** Throws if the outputs of ours and of the peers differ. */
  check?(): Promise<void>;
  close(): Promise<void>;
}

/** What a case is opened with. */
export interface CaseTools {
  /** A folder of the case's own. */
  readonly folder: string;
  readonly isQuick: boolean;
  /** Runs a subject once, its time not counted, and looks at what it leaves. */
  tryOut<T>(subject: Subject, look: (out: string) => Promise<T>): Promise<T>;
}

/** A piece of work. */
export interface BenchCase {
  readonly name: string;
  /** True if a quick bench leaves it out unless it is named. */
  readonly isLong?: boolean;
  open(tools: CaseTools): Promise<OpenCase>;
}

/** How a subject did a case: medians, the most memory of all runs, and facts of the first run. */
export interface Row extends Measurement {
  readonly case: string;
  readonly subject: string;
  readonly runs: number;
  readonly [fact: string]: number | string;
}

/** Ours divided by a peer's. */
export interface Ratio {
  readonly case: string;
  readonly against: string;
  readonly wall: number;
  /** Null where the peer is an ideal. */
  readonly cpu: number | null;
}

/** Runs a case in rounds, each subject once in each, after its outputs are found equal. */
export async function runCase(
  { name, open }: BenchCase,
  settings: { readonly folder: string; readonly runs: number; readonly isQuick: boolean },
  note: (line: string) => void,
): Promise<{ readonly rows: readonly Row[]; readonly ratios: readonly Ratio[] }> {
  const { folder, runs, isQuick } = settings;
  const own = join(folder, "case");
  await mkdir(own);
  const tools: CaseTools = {
    folder: own,
    isQuick,
    async tryOut(subject, look) {
      note(`${name}, to compare: ${subject.name}`);
      return (await runOnce(subject, folder, look)).seen;
    },
  };
  const { ours, peers, idealMs, check, close } = await open(tools);
  try {
    await check?.();
    const taken = [...ours, ...peers].map((subject) => ({
      subject,
      measured: [] as Measurement[],
      facts: {},
    }));
    for (let round = 1; round <= runs; round++)
      for (const each of taken) {
        const { subject, measured } = each;
        if (round > (subject.runsMax ?? runs)) continue;
        const look = async (out: string) =>
          round === 1 ? ((await subject.inspect?.(out)) ?? {}) : each.facts;
        const { measurement, seen } = await runOnce(subject, folder, look);
        measured.push(measurement);
        each.facts = seen;
        note(
          `${name}, round ${round} of ${runs}: ${subject.name} ${(measurement.wallMs / 1000).toFixed(3)} s`,
        );
      }
    const rows = taken.map(({ subject, measured, facts }) => rowOf(name, subject.name, measured, facts));
    if (idealMs !== undefined)
      rows.push({ case: name, subject: "ideal", wallMs: idealMs, cpuMs: 0, rssBytesMax: 0, runs: 0 });
    return { rows, ratios: ratiosOf(rows, ours.length) };
  } finally {
    await close();
    await rm(own, { recursive: true });
  }
}

async function runOnce<T>(
  subject: Subject,
  folder: string,
  look: (out: string) => Promise<T>,
): Promise<{ readonly measurement: Measurement; readonly seen: T }> {
  const run = join(folder, "run");
  const out = join(run, "out");
  await mkdir(run);
  try {
    await subject.prepare?.(out);
    await mkdir(out, { recursive: true });
    const measurement = await measureProcess(subject.command(out), run, subject.exitCodes);
    const seen = await look(out);
    await subject.leave?.(out);
    return { measurement, seen };
  } finally {
    await rm(run, { recursive: true });
  }
}

function rowOf(name: string, subject: string, measured: readonly Measurement[], facts: Facts): Row {
  return {
    case: name,
    subject,
    wallMs: Math.round(medianOf(measured.map(({ wallMs }) => wallMs))),
    cpuMs: Math.round(medianOf(measured.map(({ cpuMs }) => cpuMs))),
    rssBytesMax: Math.max(...measured.map(({ rssBytesMax }) => rssBytesMax)),
    runs: measured.length,
    ...facts,
  };
}

/** The first of ours stands for the case; every further one has a case of its own name. */
function ratiosOf(rows: readonly Row[], oursCount: number): Ratio[] {
  const ratio = (ours: number, peers: number) => Math.round((1000 * ours) / peers) / 1000;
  return rows.slice(0, oursCount).flatMap((own, index) =>
    rows.slice(oursCount).map((peer) => ({
      case: index === 0 ? own.case : `${own.case} by ${own.subject}`,
      against: peer.subject,
      wall: ratio(own.wallMs, peer.wallMs),
      cpu: peer.cpuMs === 0 ? null : ratio(own.cpuMs, peer.cpuMs),
    })),
  );
}
