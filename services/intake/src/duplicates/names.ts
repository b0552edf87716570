import { isKana, isRomaji, toHiragana, toKana, toRomaji } from 'wanakana';

/** The everyday character, and the old or variant characters for it that family registers hold. */
const VARIANTS: readonly (readonly [everyday: string, variants: string])[] = [
  ['高', '髙'],
  ['斎', '齋齊斉'],
  ['辺', '邉邊'],
  ['崎', '﨑嵜'],
  ['浜', '濵濱'],
  ['沢', '澤'],
  ['広', '廣'],
  ['国', '國'],
  ['桜', '櫻'],
  ['竜', '龍'],
  ['滝', '瀧'],
  ['条', '條'],
  ['実', '實'],
  ['関', '關'],
  ['豊', '豐'],
  ['恵', '惠'],
  ['徳', '德'],
  ['真', '眞'],
  ['栄', '榮'],
  ['学', '學'],
  ['島', '嶋嶌'],
  ['富', '冨'],
  ['吉', '𠮷'],
  ['柳', '栁'],
  ['曽', '曾'],
  ['蔵', '藏'],
  ['黒', '黑'],
  ['館', '舘'],
  ['槙', '槇'],
  ['遥', '遙'],
  ['弥', '彌'],
  ['万', '萬'],
  ['亀', '龜'],
  ['浅', '淺'],
  ['芦', '蘆'],
  ['桧', '檜'],
  ['薮', '藪'],
  ['頼', '賴'],
  ['瀬', '瀨'],
  ['鉄', '鐵'],
  ['静', '靜'],
  ['礼', '禮'],
  ['寿', '壽'],
  ['峰', '峯'],
];

const EVERYDAY: ReadonlyMap<string, string> = new Map(
  VARIANTS.flatMap(([everyday, variants]) => [...variants].map((variant) => [variant, everyday] as const)),
);

/** Parts of a name: what spaces, full-width spaces and middle dots separate. */
const partsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .split(/[\s・,，.]+/u)
    .filter((part) => part !== '');

/** The name as written, in everyday characters, without spaces: 髙橋　齋 and 高橋斎 are the same. */
export const writtenForm = (name: string): string =>
  [...partsOf(name).join('').toLowerCase()]
    // Variation selectors pick between drawings of one character.
    .filter((character) => !/\p{Variation_Selector}/u.test(character))
    .map((character) => EVERYDAY.get(character) ?? character)
    .join('');

/** A name that is its own reading: kana or romaji throughout. */
export const isReading = (text: string): boolean => {
  const joined = partsOf(text).join('');
  return joined !== '' && (isKana(joined) || isRomaji(joined));
};

/**
 * Forms under which a reading is looked up. Hiragana, katakana (half-width too) and the usual romanisations of one
 * reading meet; long vowels do not count, as romaji drops them. Two parts are taken in both orders.
 */
export function readingForms(reading: string): readonly string[] {
  const parts = partsOf(reading).map(romanised);
  const forms = parts.length === 2 ? [parts.join(''), [...parts].reverse().join('')] : [parts.join('')];
  return [...new Set(forms.filter((form) => form !== ''))];
}

/** Hepburn without long vowels; Kunrei and Hepburn spellings come together by way of kana. */
function romanised(part: string): string {
  const romaji = isRomaji(part) ? toRomaji(toKana(withoutLongVowels(part))) : toRomaji(toHiragana(part));
  return withoutLongVowels(romaji).replace(/[^a-z]/g, '');
}

const withoutLongVowels = (romaji: string): string =>
  romaji
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[-ー'’]/g, '')
    .replace(/oh(?![aiueoy])/g, 'o')
    .replace(/m(?=[bpm])/g, 'n')
    .replace(/ou/g, 'o')
    .replace(/([aiueo])\1+/g, '$1');
