const rememberedMax = 20_000;

/** The same question, answered from memory if it was asked not long ago. */
export function remember<Answer>(ask: (question: string) => Answer): (question: string) => Answer {
  const answers = new Map<string, Answer>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= rememberedMax) answers.clear();
    const answer = ask(question);
    answers.set(question, answer);
    return answer;
  };
}
