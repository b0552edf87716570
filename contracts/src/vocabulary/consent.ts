import type { z } from 'zod';
import { vocabulary } from './vocabulary';

/** Why data is used. A grant and a decision both name one. */
export const purposes = vocabulary({
  consultation: { en: 'Answering the consultation', ja: '相談への対応' },
  referral: { en: 'Referring to another agency', ja: '他機関へのつなぎ' },
  support: { en: 'Giving support', ja: '支援の実施' },
  'outcome-report': { en: 'Reporting the outcome back', ja: '結果の報告' },
  'case-conference': { en: 'Deciding together', ja: '支援会議' },
  linking: { en: 'Recognising the same person', ja: '同一人物の確認' },
});
export type Purpose = z.infer<typeof purposes.schema>;

/** What kind of data. */
export const dataCategories = vocabulary({
  identity: { en: 'Name and birth date', ja: '氏名・生年月日' },
  'contact-details': { en: 'How to reach the person', ja: '連絡先' },
  'consultation-content': { en: 'What was said', ja: '相談内容' },
  screening: { en: 'Screening results', ja: '尺度の結果' },
  needs: { en: 'Needs', ja: '困りごと' },
  health: { en: 'Health', ja: '健康状態' },
  family: { en: 'Family', ja: '家族の状況' },
  plan: { en: 'Support plan', ja: '支援計画' },
  outcome: { en: 'Outcome of support', ja: '支援の結果' },
});
export type DataCategory = z.infer<typeof dataCategories.schema>;

/** What the recipient does with it. */
export const actions = vocabulary({
  disclose: { en: 'Be given', ja: '提供を受ける' },
  read: { en: 'Read', ja: '閲覧する' },
  'report-back': { en: 'Be told the outcome', ja: '結果の報告を受ける' },
  link: { en: 'Link records', ja: '記録を結びつける' },
});
export type Action = z.infer<typeof actions.schema>;

/** How consent was given. */
export const grantForms = vocabulary({
  written: { en: 'In writing', ja: '書面' },
  digital: { en: 'Digitally', ja: '電子的' },
  verbal: { en: 'Verbally, before a witness', ja: '口頭（立会人あり）' },
});
export type GrantForm = z.infer<typeof grantForms.schema>;

/** What a request rests on. */
export const legalBases = vocabulary({
  consent: { en: 'Consent', ja: '本人の同意' },
  statutory: { en: 'Statute', ja: '法令' },
  emergency: { en: 'Danger to life, body or property', ja: '生命・身体・財産の保護' },
});
export type LegalBasis = z.infer<typeof legalBases.schema>;

/** Why a decision came out as it did. */
export const decisionCodes = vocabulary({
  permitted: { en: 'A grant in force permits it', ja: '有効な同意がある' },
  'permitted-by-statute': { en: 'A statutory basis permits it', ja: '法令の根拠がある' },
  'permitted-in-emergency': { en: 'Emergency access permits it', ja: '緊急閲覧として許可' },
  indeterminate: { en: 'Something required is missing or unknown', ja: '判断に必要な事項が不足' },
  'explicitly-denied': { en: 'The person refused this', ja: '本人が拒否している' },
  'consent-withdrawn': { en: 'Consent was withdrawn', ja: '同意が撤回された' },
  'consent-expired': { en: 'Consent has expired', ja: '同意の期限切れ' },
  'consent-not-yet-in-force': { en: 'Consent is not yet in force', ja: '同意の開始前' },
  'no-consent': { en: 'There is no consent for this', ja: '同意がない' },
  'person-erased': { en: "The person's data was erased", ja: '本人のデータは消去済み' },
});
export type DecisionCode = z.infer<typeof decisionCodes.schema>;

/** What a recipient did with what it had been given, after a withdrawal. */
export const dispositions = vocabulary({
  sealed: { en: 'Sealed, no longer read', ja: '封印した' },
  deleted: { en: 'Deleted', ja: '削除した' },
  retained: { en: 'Retained, on a legal basis', ja: '法的根拠により保持' },
});
export type Disposition = z.infer<typeof dispositions.schema>;

/** By what relationship somebody gives consent for the person. */
export const representativeRelationships = vocabulary({
  'parent-or-guardian': { en: 'Parent or guardian of a minor', ja: '親権者・未成年後見人' },
  'adult-guardian': { en: 'Adult guardian', ja: '成年後見人' },
  curator: { en: 'Curator or assistant', ja: '保佐人・補助人' },
  'voluntary-guardian': { en: 'Guardian by contract', ja: '任意後見人' },
  mandatary: { en: 'Mandatary of the person', ja: '任意代理人' },
});
export type RepresentativeRelationship = z.infer<typeof representativeRelationships.schema>;

/** The harm that emergency access is opened against; nothing vaguer opens it. */
export const harms = vocabulary({
  suicide: { en: 'Danger of suicide', ja: '自殺のおそれ' },
  'grave-illness': { en: 'Danger to life from illness or injury', ja: '疾病・けがによる生命の危険' },
  violence: { en: 'Violence or abuse', ja: '暴力・虐待' },
  'self-neglect': { en: 'Collapse of daily life', ja: '生活の破綻・セルフネグレクト' },
  missing: { en: 'The person is missing', ja: '行方不明' },
  disaster: { en: 'Disaster', ja: '災害' },
});
export type Harm = z.infer<typeof harms.schema>;
