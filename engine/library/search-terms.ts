// Scripts that put no spaces between words; short names, since the script of the copy has the same.
const unspaced = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}";
const words = new RegExp(`([${unspaced}]+)|(?:(?![${unspaced}])[\\p{L}\\p{N}])+`, "gu");

/**
 * The terms of a text as its search finds them: words without case and diacritics; of scripts without spaces
 * every two neighbouring characters. The script of the copy folds what is asked for in the same way.
 */
export function termsOf(text: string): string[] {
  const folded = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .normalize("NFC");
  const terms: string[] = [];
  for (const [word, run] of folded.matchAll(words)) {
    const characters = run === undefined ? [] : [...run];
    if (characters.length < 2) terms.push(word);
    for (let at = 1; at < characters.length; at++) terms.push(`${characters[at - 1]}${characters[at]}`);
  }
  return terms;
}

const termCharactersMax = 30;

/** True for a term that is kept in the index of texts: neither one letter nor longer than any word. */
export function isIndexed(term: string): boolean {
  return term.length <= termCharactersMax && (term.length > 1 || term > "\x7f");
}
