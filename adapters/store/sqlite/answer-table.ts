import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Answer } from "../../../engine/ports/store/release-store.ts";
import { integerOf, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Answers by numbers: hundreds of pages ask the same, and each keeps four bytes of it. */
export interface AnswerTable {
  /** The numbers of answers; new ones are kept, batched. */
  pack(answers: readonly Answer[]): Uint8Array;
  /** The answers of these numbers, an answer being one object wherever it is met. Throws `corrupt`. */
  unpack(packed: Uint8Array): readonly Answer[];
}

const numberBytes = 4;
const rememberedMax = 50_000;
const findSql = "SELECT id FROM answers WHERE question = ? AND answer = ?";
const addSql = "INSERT INTO answers (question, answer) VALUES (?, ?) RETURNING id";
const readSql = "SELECT question, answer FROM answers WHERE id = ?";

/** The table of all answers that rendered pages were made with. */
export function answerTable(connection: Connection): AnswerTable {
  const answers = new Map<number, Answer>();
  let ids = new WeakMap<Answer, number>();
  let losses = connection.losses();
  const remember = (id: number, answer: Answer): void => {
    if (answers.size >= rememberedMax) answers.clear();
    answers.set(id, answer);
    ids.set(answer, id);
  };
  const idOf = (answer: Answer): number => {
    const known = ids.get(answer);
    if (known !== undefined) return known;
    const { question, answer: text } = answer;
    const row =
      connection.get(findSql, question, text) ??
      connection.batched(() => connection.get(addSql, question, text)) ??
      {};
    const id = integerOf(row, "id");
    remember(id, answer);
    return id;
  };
  const answerOf = (id: number): Answer => {
    const known = answers.get(id);
    if (known !== undefined) return known;
    const row = connection.get(readSql, id);
    if (row === undefined)
      throw new PublishError("corrupt", `the state lacks answer ${id} of a rendered page: restore a backup`);
    const answer = { question: textOf(row, "question"), answer: textOf(row, "answer") };
    remember(id, answer);
    return answer;
  };
  return {
    pack(packed) {
      if (losses !== connection.losses()) {
        // The numbers of lost answers may be given to others.
        answers.clear();
        ids = new WeakMap();
        losses = connection.losses();
      }
      const numbers = Buffer.alloc(packed.length * numberBytes);
      for (const [at, answer] of packed.entries()) numbers.writeUInt32LE(idOf(answer), at * numberBytes);
      return numbers;
    },
    unpack(packed) {
      const numbers = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
      const count = packed.byteLength / numberBytes;
      return Array.from({ length: count }, (_, at) => answerOf(numbers.readUInt32LE(at * numberBytes)));
    },
  };
}
