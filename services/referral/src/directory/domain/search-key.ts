/** For comparing what people type: no differences of width, case or space. */
export const searchKey = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');

/** Katakana as hiragana, so that either finds the other. */
const hiragana = (text: string): string =>
  text.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

/** What words are looked for in. */
export const searchText = (parts: readonly (string | null | undefined)[]): string =>
  parts.flatMap((part) => (part ? [hiragana(searchKey(part))] : [])).join(' ');

/** The words of a query; all must be found. */
export const searchWords = (query: string): readonly string[] =>
  query
    .normalize('NFKC')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => hiragana(searchKey(word)));
