import type { Mode, Need, Sector, ServiceKind } from '@tsunagu/contracts';
import { plain } from './text';

interface FacilityKind {
  /** Looked for in the kind column, the name, and the file's own name. */
  readonly pattern: RegExp;
  readonly kind: ServiceKind;
  readonly needs: readonly Need[];
}

/**
 * What a kind of facility is for: the only source of inferred needs. The first that fits counts; what fits none has
 * no needs until somebody who knows the place says so.
 */
const FACILITY_KINDS: readonly FacilityKind[] = [
  {
    pattern: /認知症対応型|グループホーム|認知症|group_home|dementia/i,
    kind: 'service',
    needs: ['dementia', 'care-of-family'],
  },
  {
    pattern: /地域包括支援|comprehensive_support/i,
    kind: 'service',
    needs: ['care-of-family', 'dementia', 'physical-health', 'daily-living'],
  },
  {
    pattern:
      /養護老人ホーム|特別養護|軽費老人ホーム|ケアハウス|介護老人|介護保険施設|高齢者福祉施設|elderly_welfare_facility/i,
    kind: 'service',
    needs: ['care-of-family', 'housing'],
  },
  {
    pattern: /老人福祉センター|老人いこいの家|elderly_welfare_center/i,
    kind: 'venue',
    needs: ['place-to-belong', 'isolation', 'physical-health'],
  },
  {
    pattern: /居宅介護|訪問介護|通所介護|デイサービス|短期入所|訪問看護/,
    kind: 'service',
    needs: ['care-of-family', 'physical-health'],
  },
  {
    pattern: /障害者支援|障がい|障害福祉|身体障害|知的障害|disabled_welfare|就労継続支援|放課後等デイ/i,
    kind: 'service',
    needs: ['disability'],
  },
  { pattern: /児童養護|乳児院/, kind: 'service', needs: ['child-rearing'] },
  {
    pattern: /児童館|児童センター|こども館|こどもの国|こども未来館|childrens_hall/i,
    kind: 'venue',
    needs: ['child-rearing', 'place-to-belong'],
  },
  {
    pattern: /子育て|child_rearing|child_care|ファミリー・?サポート|つどいの広場|おやこひろば/i,
    kind: 'service',
    needs: ['child-rearing'],
  },
  {
    pattern: /こども食堂|子ども食堂|フードバンク|フードパントリー/,
    kind: 'activity',
    needs: ['food', 'place-to-belong'],
  },
  {
    pattern: /居場所|サロン|ふれあいサロン|コミュニティカフェ/,
    kind: 'activity',
    needs: ['loneliness', 'place-to-belong'],
  },
  { pattern: /不登校|教育支援センター|適応指導/, kind: 'service', needs: ['school'] },
  { pattern: /ひきこもり/, kind: 'service', needs: ['withdrawal-from-society'] },
  { pattern: /保健センター|保健所|健康ステーション/, kind: 'service', needs: ['physical-health', 'mental-health'] },
  { pattern: /ハローワーク|就労支援|若者サポートステーション|サポステ/, kind: 'service', needs: ['work'] },
  { pattern: /生活困窮|自立相談/, kind: 'service', needs: ['work', 'debt', 'housing'] },
  { pattern: /国際交流|多文化|外国人相談/, kind: 'service', needs: ['language'] },
  { pattern: /市民活動|ボランティアセンター|citizen_activity/i, kind: 'venue', needs: ['role', 'place-to-belong'] },
  {
    pattern:
      /コミュニティセンター|公民館|交流センター|交流館|ふれあいセンター|community_center|exchange_center|contact_center|集会所|会館/i,
    kind: 'venue',
    needs: ['place-to-belong'],
  },
  { pattern: /図書館|美術館|博物館|資料館|library|museum|公園/i, kind: 'venue', needs: ['place-to-belong'] },
];

/** The kind column decides before the name, and the name before the file's. */
export function facilityKindOf(
  kindCell: string | null,
  name: string,
  dataset: string,
): { kind: ServiceKind; needs: readonly Need[] } {
  for (const text of [kindCell, name, dataset]) {
    const found = text === null ? undefined : FACILITY_KINDS.find(({ pattern }) => pattern.test(plain(text)));
    if (found) return { kind: found.kind, needs: found.needs };
  }
  return { kind: 'venue', needs: [] };
}

/** How people meet, where the text says so outright; a place to go to is `venue`. */
const MODES: readonly { readonly pattern: RegExp; readonly mode: Mode }[] = [
  { pattern: /オンライン(?:参加|開催|配信|相談|講座|可)|zoom|ウェブ会議/i, mode: 'online' },
  { pattern: /電話相談|テレホン|いのちの電話/, mode: 'phone' },
  { pattern: /訪問(?:介護|看護|支援|型|相談|入浴|リハビリ)/, mode: 'visit' },
  { pattern: /配食|宅配|お届け|移動販売/, mode: 'delivery' },
  { pattern: /青空|屋外/, mode: 'outdoor' },
];

export function modesOf(hasPlace: boolean, texts: readonly (string | null)[]): Mode[] {
  const found = MODES.filter(({ pattern }) => texts.some((text) => text !== null && pattern.test(plain(text)))).map(
    ({ mode }) => mode,
  );
  return hasPlace ? ['venue', ...found] : found;
}

/** The sector of an organisation, by how its name ends or begins; `private` covers every other body. */
const SECTORS: readonly { readonly pattern: RegExp; readonly sector: Sector }[] = [
  { pattern: /特定非営利活動法人|NPO法人|\(特非\)|\bNPO\b/i, sector: 'npo' },
  { pattern: /自治会|町内会|町会|コミュニティ協議会|まちづくり協議会|老人クラブ|子ども会/, sector: 'resident-group' },
  {
    pattern: /[都道府県市区町村](?:役所|役場|庁)?$|^国立|教育委員会|福祉事務所|保健所$|広域連合$|^厚生労働省/,
    sector: 'public',
  },
];

export const sectorOf = (name: string): Sector =>
  SECTORS.find(({ pattern }) => pattern.test(plain(name)))?.sector ?? 'private';

/** Languages by the names that people type. */
const LANGUAGES: readonly { readonly pattern: RegExp; readonly tag: string }[] = [
  { pattern: /日本語/, tag: 'ja' },
  { pattern: /英語|english/i, tag: 'en' },
  { pattern: /中国語|chinese/i, tag: 'zh' },
  { pattern: /韓国語|朝鮮語|ハングル|korean/i, tag: 'ko' },
  { pattern: /ベトナム語|vietnamese/i, tag: 'vi' },
  { pattern: /ポルトガル語|portuguese/i, tag: 'pt' },
  { pattern: /スペイン語|spanish/i, tag: 'es' },
  { pattern: /タガログ語|フィリピン語|filipino|tagalog/i, tag: 'fil' },
  { pattern: /ネパール語|nepali/i, tag: 'ne' },
  { pattern: /インドネシア語|indonesian/i, tag: 'id' },
  { pattern: /タイ語|\bthai\b/i, tag: 'th' },
  { pattern: /ウルドゥー?語|urdu/i, tag: 'ur' },
];

export const languagesOf = (typed: string | null): string[] =>
  typed === null ? [] : LANGUAGES.filter(({ pattern }) => pattern.test(plain(typed))).map(({ tag }) => tag);
