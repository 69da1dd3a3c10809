import { toPublishError } from "../errors/publish-error.ts";
import type { Run, StageName, StageRecord } from "../model/run.ts";
import { type TellParts, tell } from "./engine-parts.ts";

/** How far a stage is; the rate at which it is written down is the stage's own business. */
export type Progress = (done: number, total: number | undefined, bytes: number) => Promise<void>;

const writeEveryMs = 250;

/**
 * Does one step of a run: written down with its times, how far it is and how it ended, and told as events.
 * `note` makes the sentence on what came of it.
 */
export async function stage<T>(
  parts: TellParts,
  run: Run,
  name: StageName,
  work: (progress: Progress) => Promise<T>,
  note: (result: T) => string,
  subject?: string,
): Promise<T> {
  const { store, clock } = parts;
  const title = subject === undefined ? { name } : { name, subject };
  let record: StageRecord = { ...title, state: "running", startedAt: clock.now(), done: 0, bytes: 0 };
  let writtenAtMs = 0;
  const put = async (next: StageRecord) => {
    record = next;
    writtenAtMs = clock.now().getTime();
    await store.runs.putStage(run.id, record);
    const what = subject === undefined ? name : `${name} ${subject}`;
    await tell(parts, run, "stage", `${what} ${record.state}${record.note ? `: ${record.note}` : ""}`);
  };
  const progress: Progress = async (done, total, bytes) => {
    const next = total === undefined ? { ...record, done, bytes } : { ...record, done, bytes, total };
    if (clock.now().getTime() - writtenAtMs < writeEveryMs) record = next;
    else await put(next);
  };
  await put(record);
  try {
    const result = await work(progress);
    await put({ ...record, state: "succeeded", endedAt: clock.now(), note: note(result) });
    return result;
  } catch (thrown) {
    const { message } = toPublishError(thrown);
    await put({ ...record, state: "failed", endedAt: clock.now(), note: message });
    throw thrown;
  }
}
