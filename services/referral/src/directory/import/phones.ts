import type { DirectoryPhone } from '@tsunagu/contracts';
import { plain } from './text';

export interface Phones {
  readonly phones: readonly DirectoryPhone[];
  /** What was in the cell besides numbers and their labels; null when all was understood. */
  readonly rest: string | null;
}

const LABEL = String.raw`(?:(?:tel|電話)[・/ ]?(?:fax|ファックス)[ :]*|[^\d\s()#+、,;:/・\x22\x27]{1,12}[ :]*)?`;
const NUMBER = String.raw`(?:\+\d[\d\- ()]{6,18}\d|\(0\d{1,4}\) ?-?\d{1,4}-?\d{3,4}|0\d{1,4} ?\(\d{1,4}\) ?-?\d{3,4}|0\d{1,4}[- .]\d{1,4}[- .]\d{3,4}|0\d{9,10}(?!\d)|#\d{4}(?!\d)|(?<![\d-])1\d{2}(?![\d-]))`;
const EXTENSION = String.raw`(?: *[(,、]? *(?:内線(?:番号)?|ext\.?|x) *[:.]? *(\d(?:[\d,・、~-]*\d)?) *\)?)?`;
const NOTE = String.raw`(?: *\(([^()\d]{1,40})\))?`;
const PHONE = new RegExp(`(${LABEL})(${NUMBER})${EXTENSION}${NOTE}${EXTENSION}`, 'gi');
const FAX = /fax|ファック?ス|ファクシミリ/i;
const VOICE = /tel|電話|代表|直通|☎|携帯|phone/i;
const ONLY_MARKS = /^[\s()[\]、,;:/・。"'-]*$/;

/** Japanese and international numbers as people type them, several to a cell, with labels, extensions and notes. */
export function parsePhones(typed: string | null): Phones {
  if (typed === null) return { phones: [], rest: null };
  const text = plain(typed);
  const phones: DirectoryPhone[] = [];
  const rest = text.replace(
    PHONE,
    (whole, label: string, found: string, before?: string, note?: string, after?: string) => {
      const number = tidy(found);
      if (!plausible(number)) return whole;
      const called = label.replace(/[ :]+$/, '');
      phones.push({
        number,
        kind: FAX.test(called) && !VOICE.test(called) ? 'fax' : 'voice',
        extension: before ?? after ?? null,
        note:
          [called.replace(/^(?:tel|電話(?:番号)?|fax|☎)$/i, ''), note?.trim() ?? ''].filter(Boolean).join(' ') || null,
      });
      return ' ';
    },
  );
  return { phones: distinct(phones), rest: ONLY_MARKS.test(rest) ? null : rest.replace(/\s+/g, ' ').trim() };
}

/** `(087)839-0001` and `087(839)0001` with hyphens; what came without separators stays without. */
const tidy = (found: string): string =>
  found
    .trim()
    .replace(/^\((\d+)\) ?-?/, '$1-')
    .replace(/ ?\((\d+)\) ?-?/, found.startsWith('+') ? ' $1 ' : '-$1-')
    .replace(/(?<=^0[\d-]*)[ .]/g, '-')
    .replace(/\s+/g, ' ');

function plausible(number: string): boolean {
  const digits = number.replace(/\D/g, '');
  if (number.startsWith('+')) return digits.length >= 8 && digits.length <= 15;
  if (number.startsWith('0')) return digits.length === 10 || digits.length === 11;
  return digits.length === 3 || number.startsWith('#');
}

const distinct = (phones: readonly DirectoryPhone[]): readonly DirectoryPhone[] =>
  phones.filter(
    (one, n) =>
      phones.findIndex(
        (other) => other.number === one.number && other.extension === one.extension && other.kind === one.kind,
      ) === n,
  );
