import type { z } from 'zod';
import { vocabulary } from './vocabulary';

/** Kinds of agency (Loneliness Act platforms: public, private, NPO and residents on an equal footing). */
export const sectors = vocabulary({
  public: { en: 'Public body', ja: '行政' },
  private: { en: 'Private organisation', ja: '民間' },
  npo: { en: 'NPO', ja: 'NPO' },
  'resident-group': { en: "Residents' group", ja: '住民組織' },
});
export type Sector = z.infer<typeof sectors.schema>;

/** Who may sign in. `service` is one of our own services; an `operator` keeps the platform running and sees no person. */
export const roles = vocabulary({
  caseworker: { en: 'Caseworker', ja: '相談員' },
  supervisor: { en: 'Supervisor', ja: 'スーパーバイザー' },
  'agency-admin': { en: 'Agency administrator', ja: '機関管理者' },
  auditor: { en: 'Auditor', ja: '監査担当' },
  analyst: { en: 'Analyst', ja: '分析担当' },
  operator: { en: 'Operator', ja: '運用担当' },
  person: { en: 'Person', ja: '当事者' },
  service: { en: 'Service', ja: 'サービス' },
});
export type Role = z.infer<typeof roles.schema>;

/** Bridges towards bonds: what a worker is in the community. */
export const workerRoles = vocabulary({
  consultant: { en: 'Consultation worker', ja: '相談支援員' },
  'link-worker': { en: 'Link worker', ja: 'リンクワーカー' },
  'general-support-center': { en: 'Community general support centre worker', ja: '地域包括支援センター職員' },
  'community-social-worker': { en: 'Community social worker', ja: 'コミュニティソーシャルワーカー' },
  'school-social-worker': { en: 'School social worker', ja: 'スクールソーシャルワーカー' },
  'welfare-volunteer': { en: 'Commissioned welfare volunteer', ja: '民生委員・児童委員' },
  'probation-officer': { en: 'Volunteer probation officer', ja: '保護司' },
  'administrative-counselor': { en: 'Administrative counsellor', ja: '行政相談委員' },
  'tsunagari-supporter': { en: 'Tsunagari supporter', ja: 'つながりサポーター' },
  physician: { en: 'Local physician', ja: 'かかりつけ医' },
  volunteer: { en: 'Volunteer', ja: 'ボランティア' },
});
export type WorkerRole = z.infer<typeof workerRoles.schema>;

/** Age on the day, in bands; the only form in which age leaves intake. */
export const ageBands = vocabulary({
  'under-18': { en: 'Under 18', ja: '18歳未満' },
  '18-39': { en: '18 to 39', ja: '18〜39歳' },
  '40-64': { en: '40 to 64', ja: '40〜64歳' },
  '65-74': { en: '65 to 74', ja: '65〜74歳' },
  '75-plus': { en: '75 and over', ja: '75歳以上' },
  unknown: { en: 'Not known', ja: '不明' },
});
export type AgeBand = z.infer<typeof ageBands.schema>;
