import type { z } from 'zod';
import { vocabulary } from './vocabulary';

/** How a consultation reaches us. */
export const channels = vocabulary({
  phone: { en: 'Phone', ja: '電話' },
  sns: { en: 'Social media', ja: 'SNS' },
  chat: { en: 'Chat', ja: 'チャット' },
  web: { en: 'Web form', ja: 'ウェブ' },
  'in-person': { en: 'In person', ja: '対面' },
  outreach: { en: 'Outreach visit', ja: '訪問（アウトリーチ）' },
  letter: { en: 'Letter', ja: '手紙' },
});
export type Channel = z.infer<typeof channels.schema>;

/** How soon something must change. */
export const urgencies = vocabulary({
  routine: { en: 'Routine', ja: '通常' },
  soon: { en: 'Soon', ja: '早め' },
  urgent: { en: 'Urgent', ja: '緊急' },
  emergency: { en: 'Emergency', ja: '生命の危険' },
});
export type Urgency = z.infer<typeof urgencies.schema>;

/** Multi-level support: who should answer, and how fast. */
export const triageTiers = vocabulary({
  'tier-1': { en: 'First listener', ja: '一次対応' },
  'tier-2': { en: 'Specialist', ja: '専門対応' },
  'tier-3': { en: 'Joint support by several agencies', ja: '多機関協働' },
  crisis: { en: 'Crisis response', ja: '危機対応' },
});
export type TriageTier = z.infer<typeof triageTiers.schema>;

/** What should change. */
export const needs = vocabulary({
  loneliness: { en: 'Someone to talk to', ja: '話し相手がほしい' },
  isolation: { en: 'No contact with others', ja: '孤立している' },
  bereavement: { en: 'Loss of somebody close', ja: '大切な人を亡くした' },
  'mental-health': { en: 'Mental health', ja: 'こころの健康' },
  'physical-health': { en: 'Physical health', ja: 'からだの健康' },
  'care-of-family': { en: 'Caring for family', ja: '家族の介護・世話' },
  'child-rearing': { en: 'Raising children', ja: '子育て' },
  school: { en: 'School and not attending', ja: '学校・不登校' },
  work: { en: 'Work and income', ja: '仕事・収入' },
  debt: { en: 'Debt', ja: '借金' },
  housing: { en: 'Housing', ja: '住まい' },
  food: { en: 'Food', ja: '食べること' },
  'domestic-violence': { en: 'Violence at home', ja: '家庭内の暴力' },
  disability: { en: 'Disability', ja: '障害' },
  dementia: { en: 'Dementia', ja: '認知症' },
  language: { en: 'Language and life as a foreigner', ja: 'ことば・外国での暮らし' },
  'withdrawal-from-society': { en: 'Not leaving home', ja: 'ひきこもり' },
  'daily-living': { en: 'Shopping, rubbish, repairs', ja: '買い物・ごみ出しなど' },
  mobility: { en: 'Getting about', ja: '移動' },
  'place-to-belong': { en: 'A place to belong', ja: '居場所' },
  role: { en: 'A role, being useful', ja: '役割・出番' },
  legal: { en: 'Legal matters', ja: '法律' },
  rehabilitation: { en: 'Return to society', ja: '社会復帰' },
});
export type Need = z.infer<typeof needs.schema>;
