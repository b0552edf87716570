import { squashed } from './text';

/** What a municipal column may hold. */
export type Field =
  | 'id'
  | 'municipalityCode'
  | 'prefecture'
  | 'municipality'
  | 'operator'
  | 'name'
  | 'kana'
  | 'address'
  | 'town'
  | 'lot'
  | 'building'
  | 'postalCode'
  | 'latitude'
  | 'longitude'
  | 'phone'
  | 'extension'
  | 'fax'
  | 'email'
  | 'url'
  | 'days'
  | 'opens'
  | 'closes'
  | 'hoursNote'
  | 'hours'
  | 'closedDays'
  | 'capacity'
  | 'facilityKind'
  | 'description'
  | 'fees'
  | 'eligibility'
  | 'languages'
  | 'note'
  | 'eventName'
  | 'dates'
  | 'firstDate'
  | 'lastDate'
  | 'placeName';

/**
 * Header names of the municipal standard open-data layouts (自治体標準オープンデータセット and the 推奨データセット before it)
 * and of the variations that cities publish. Compared without width, case, spaces, brackets, underscores and middle dots.
 */
const SYNONYMS: { readonly [F in Field]: readonly string[] } = {
  id: ['ID', 'NO', '№', '番号', '通し番号', '連番', '#property', '施設ID', '施設番号', 'イベントID', 'identification'],
  municipalityCode: [
    '全国地方公共団体コード',
    '都道府県コード又は市区町村コード',
    '市区町村コード',
    '自治体コード',
    '団体コード',
  ],
  prefecture: ['都道府県名', '都道府県', '所在地_都道府県', 'addressRegion'],
  municipality: ['市区町村名', '市区町村', '市町村名', '所在地_市区町村', '地方公共団体名', 'addressLocality'],
  operator: [
    '団体名',
    '運営団体',
    '運営主体',
    '運営法人',
    '設置主体',
    '事業者名',
    '法人名',
    '事業者の名称',
    '主催者',
    '主催',
  ],
  name: [
    '名称',
    '施設名',
    '施設名称',
    '施設の名称',
    '事業所名',
    '事業所の名称',
    '拠点名',
    '団体の名称',
    '活動名',
    'name',
    '公共施設名',
    '居場所名',
    '子ども食堂名',
  ],
  kana: [
    '名称_カナ',
    '名称_かな',
    '名称(カナ)',
    '名称カナ',
    'フリガナ',
    'ふりがな',
    '施設名カナ',
    'name_kana',
    'イベント名_カナ',
    '施設名称_カナ',
  ],
  address: [
    '住所',
    '所在地',
    '所在地_連結表記',
    '施設所在地',
    '住所_連結表記',
    'address',
    '場所_住所',
    '開催場所住所',
    '事業所の所在地',
  ],
  town: ['所在地_町字', '町字'],
  lot: ['所在地_番地以下', '番地以下', '番地'],
  building: ['方書', '建物名等(方書)', '建物名', '建物名等', 'ビル名'],
  postalCode: ['郵便番号', '所在地_郵便番号', 'postalCode'],
  latitude: ['緯度', 'latitude', 'lat', '緯度(世界測地系)'],
  longitude: ['経度', 'longitude', 'lon', 'lng', '経度(世界測地系)'],
  phone: [
    '電話番号',
    'TEL',
    '電話',
    'telephoneNumber',
    'telephone',
    '連絡先電話番号',
    '連絡先',
    '問い合わせ先電話番号',
    '℡',
    'お問い合わせ電話番号',
  ],
  extension: ['内線番号', '内線', '連絡先内線番号'],
  fax: ['FAX番号', 'FAX', 'ファックス番号', 'ファクス番号', 'ファックス', 'faxNumber'],
  email: ['連絡先メールアドレス', 'メールアドレス', 'Eメール', 'email', 'E-mail', '電子メール'],
  url: [
    'URL',
    'ホームページ',
    'ウェブサイト',
    'HP',
    'referenceObject',
    'サイトURL',
    '関連URL',
    'コンテンツURL',
    'ホームページアドレス',
  ],
  days: [
    '利用可能曜日',
    '開館曜日',
    '営業曜日',
    '開所曜日',
    '曜日',
    'availableDate',
    '開設曜日',
    '利用曜日',
    '診療曜日',
  ],
  opens: ['開始時間', '開館時間(開始)', '開始時刻', 'startTime', '営業開始時間', '開所時間_開始', '利用開始時間'],
  closes: ['終了時間', '開館時間(終了)', '終了時刻', 'endTime', '営業終了時間', '開所時間_終了', '利用終了時間'],
  hoursNote: [
    '利用可能日時特記事項',
    '開館時間備考',
    '日時特記事項',
    'availableDateNote',
    '時間備考',
    '曜日特記事項',
    '開始日時特記事項',
    '開催日時特記事項',
  ],
  hours: [
    '開館時間',
    '営業時間',
    '開所時間',
    '利用時間',
    '利用可能時間',
    '受付時間',
    '開設日時',
    '開設時間',
    '開催日時',
    '活動日時',
    '活動日',
    '対応時間',
    '相談時間',
    '利用日時',
  ],
  closedDays: ['休館日', '休業日', '定休日', '休所日', '休園日', '休み', '休日'],
  capacity: ['定員', '収容人数', '定員数', 'capacity', '利用定員', '収容定員'],
  facilityKind: [
    '施設種別',
    '種別',
    '分類',
    'カテゴリ',
    'カテゴリー',
    '種類',
    'service',
    'サービス種別',
    'サービスの種類',
    '実施サービスの種類',
    'POI分類',
    '施設分類',
    '事業種別',
    '施設区分',
    '提供サービス',
  ],
  description: ['説明', '概要', '事業内容', '内容', '施設概要', '活動内容', 'サービス内容', 'description', '支援内容'],
  fees: ['料金', '料金(基本)', '利用料', '利用料金', '参加費', '費用', '入館料', '料金(詳細)'],
  eligibility: ['対象', '対象者', '利用対象', '利用対象者', '対象年齢', '参加対象', '参加資格'],
  languages: ['対応言語', '使用可能言語', '外国語対応', '言語'],
  note: ['備考', 'note', '特記事項', 'その他', '注意事項'],
  eventName: ['イベント名', '行事名', '催し名', 'イベント名称', '講座名', '催事名', '事業名'],
  dates: ['開催日', '日程', '実施日', '期日', '開催期間', '開催日程'],
  firstDate: ['開始日', '開催開始日', '開始年月日', '開催日_開始'],
  lastDate: ['終了日', '開催終了日', '終了年月日', '開催日_終了'],
  placeName: ['場所名称', '会場', '開催場所', '場所', '会場名', '実施場所', '開催場所名称', '活動場所'],
};

export const headerKey = (header: string): string => squashed(header).replace(/[()[\]_・･\-－]/g, '');

const BY_HEADER = new Map(
  Object.entries(SYNONYMS).flatMap(([field, names]) => names.map((name) => [headerKey(name), field as Field] as const)),
);

export type Layout = 'municipal-facilities' | 'municipal-events';

export interface Columns {
  readonly layout: Layout;
  /** Field of each column, in the file's order; null: kept as an attribute. */
  readonly fields: readonly (Field | null)[];
}

const SPEAKS_OF_PLACE: readonly Field[] = [
  'address',
  'latitude',
  'phone',
  'lot',
  'town',
  'days',
  'hours',
  'municipality',
  'placeName',
  'url',
  'opens',
  'dates',
  'firstDate',
  'operator',
];

/** The layout of a header line, or null when it is not a municipal list of places or events. */
export function columnsOf(header: readonly string[]): Columns | null {
  const taken = new Set<Field>();
  const fields = header.map((name) => {
    const field = BY_HEADER.get(headerKey(name)) ?? null;
    if (field === null || taken.has(field)) return null;
    taken.add(field);
    return field;
  });
  const isEvent = taken.has('eventName') || (taken.has('name') && (taken.has('dates') || taken.has('firstDate')));
  const named = taken.has('name') || taken.has('eventName');
  if (!named || !SPEAKS_OF_PLACE.some((field) => taken.has(field))) return null;
  return { layout: isEvent ? 'municipal-events' : 'municipal-facilities', fields };
}
