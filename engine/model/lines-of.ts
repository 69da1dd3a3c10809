import { PublishError } from "../errors/publish-error.ts";

/**
 * The lines of a text in UTF-8, without the line feeds that end them: whatever else ends lines in Unicode may
 * stand in a path. Throws `corrupt` for a line of more than `lengthMax` characters.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, lengthMax: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lengthMax)
      throw new PublishError("corrupt", `a line is longer than ${lengthMax} characters`);
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
