import type { SeededRandom } from "./seeded-random.ts";

const words = [
  ..."a again all and any as at before between by each every few first for from how in into is it".split(" "),
  ..."last less many measure more most move next number of on one only or order pair part plane".split(" "),
  ..."point proof rest row same second set shape side small some sum take than that the then this".split(" "),
  ..."three time to true turn two under value water weight what when where which while with word".split(" "),
];

/** Makes text of the given number of words; it reads like nothing, but weighs like prose. */
export const seededText = (random: SeededRandom, wordCount: number): string =>
  Array.from({ length: wordCount }, () => random.pick(words)).join(" ");
