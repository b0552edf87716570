/**
 * Full-width to half-width, dashes and tildes of every kind to one kind; line breaks stay. A circled number keeps its
 * distance: NFKC alone would make 113:00 of ①13:00.
 */
export function plain(text: string): string {
  return text
    .replace(/[①-⑳]/g, (circled) => `(${circled.charCodeAt(0) - 0x245f})`)
    .normalize('NFKC')
    .replace(/[‐‑‒–—―−﹣]/g, '-')
    .replace(/(?<=[\d)])[ーｰ](?=[\d(])/g, '-')
    .replace(/[〜～∼∿˜]/g, '~')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}

/** People write these into a cell to say that there is nothing to say. */
const NOTHING = /^(?:-+|なし|無し|無|特になし|該当なし|n\/?a|null|none|\/|・|※)?$/i;

/** The cell as typed, or null where it says nothing. */
export function cell(text: string | undefined): string | null {
  const typed = text?.replace(/\r\n?/g, '\n').trim() ?? '';
  return NOTHING.test(plain(typed)) ? null : typed;
}

/** For names: no width, space or case differences. */
export const squashed = (text: string): string => plain(text).replace(/\s+/g, '').toLowerCase();
