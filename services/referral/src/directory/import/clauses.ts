import { plain } from './text';

const OPEN = '(（[【';
const CLOSE = ')）]】';

/** Splits at `at` outside brackets. */
function splitOutside(text: string, at: RegExp): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let n = 0; n < text.length; n += 1) {
    const letter = text.charAt(n);
    if (OPEN.includes(letter)) depth += 1;
    if (CLOSE.includes(letter)) depth = Math.max(0, depth - 1);
    at.lastIndex = n;
    const found = depth === 0 ? at.exec(text) : null;
    if (!found || found[0].length === 0) continue;
    parts.push(text.slice(from, n));
    from = n + found[0].length;
    n = from - 1;
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter(Boolean);
}

const BRACKETED = /^(.+?)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/;
const LEADING_HOURS = /^(?=.*\d{1,2}(?::\d|時))[^(]*$/;

/**
 * The statements of a note, in plain letters. A bracket behind hours or a list of days is a statement of its own:
 * `月~金 9:00~17:00 (祝日を除く)`.
 */
export const clausesOf = (typed: string): readonly string[] =>
  splitOutside(plain(typed), /[。;\n※]+/y).flatMap((clause) => {
    const [, before = '', inside = ''] = BRACKETED.exec(clause) ?? [];
    const ownStatement =
      before !== '' &&
      (LEADING_HOURS.test(before) || /^[月火水木金土日曜~、・祝毎平]+$/.test(before)) &&
      /除く|休|まで|~/.test(inside);
    return ownStatement && !/場合|ときは/.test(inside) ? [before.trim(), ...clausesOf(inside)] : [clause];
  });

/** The members of an enumeration: `月曜日、祝日及び年末年始(12/29~1/3)`. */
export const itemsOf = (text: string): readonly string[] =>
  splitOutside(text, /[、,・]|および|及び|並びに|ならびに|かつ|と(?!き|も|す)/y);
