import type { z } from 'zod';
import { vocabulary } from './vocabulary';

/** Gravity SDOH Clinical Care 3.0 Task statuses, and ours (withheld is not a status: the referral stays a draft). */
export const referralStatuses = vocabulary({
  draft: { en: 'Draft', ja: '下書き' },
  requested: { en: 'Sent', ja: '送付済み' },
  'information-requested': { en: 'Information requested', ja: '追加情報の依頼' },
  accepted: { en: 'Accepted', ja: '受入' },
  rejected: { en: 'Declined', ja: '辞退' },
  'in-progress': { en: 'In progress', ja: '支援中' },
  'on-hold': { en: 'On hold', ja: '保留' },
  completed: { en: 'Completed', ja: '完了' },
  failed: { en: 'Not achieved', ja: '不調' },
  cancelled: { en: 'Cancelled', ja: '取消' },
  'entered-in-error': { en: 'Entered in error', ja: '誤記録' },
});
export type ReferralStatus = z.infer<typeof referralStatuses.schema>;

/** Why a referral was declined, held, cancelled or failed. */
export const statusReasons = vocabulary({
  'no-capacity': { en: 'No capacity', ja: '定員・体制の不足' },
  'not-eligible': { en: 'Not eligible', ja: '対象外' },
  'out-of-area': { en: 'Out of area', ja: '対象地域外' },
  'other-service-better': { en: 'Another service fits better', ja: '他の支援が適切' },
  'could-not-contact': { en: 'Could not be reached', ja: '連絡がつかない' },
  'person-declined': { en: 'The person declined', ja: '本人の辞退' },
  'person-moved': { en: 'The person moved away', ja: '転居' },
  'person-died': { en: 'The person died', ja: '死亡' },
  'need-resolved': { en: 'The need was met otherwise', ja: '別の形で解決' },
  'waiting-list': { en: 'Waiting list', ja: '待機中' },
  'consent-withdrawn': { en: 'Consent was withdrawn', ja: '同意の撤回' },
  'deadline-passed': { en: 'No answer in time', ja: '期限内に回答なし' },
  rerouted: { en: 'Sent elsewhere instead', ja: '別の機関へつなぎ直し' },
  other: { en: 'Other', ja: 'その他' },
});
export type StatusReason = z.infer<typeof statusReasons.schema>;

/** Whose reason it was. */
export const reasonOwners = vocabulary({
  agency: { en: "The agency's", ja: '機関の事情' },
  person: { en: "The person's", ja: '本人の意向' },
});
export type ReasonOwner = z.infer<typeof reasonOwners.schema>;

/** What the directory holds. */
export const serviceKinds = vocabulary({
  service: { en: 'Service', ja: '支援・サービス' },
  activity: { en: 'Activity', ja: '活動' },
  venue: { en: 'Place to be', ja: '居場所・施設' },
});
export type ServiceKind = z.infer<typeof serviceKinds.schema>;

/** Whether it runs. */
export const serviceStatuses = vocabulary({
  open: { en: 'Open', ja: '通常' },
  reduced: { en: 'Reduced', ja: '縮小' },
  suspended: { en: 'Suspended', ja: '休止' },
  moved: { en: 'Moved', ja: '移転' },
});
export type ServiceStatus = z.infer<typeof serviceStatuses.schema>;

/** How people meet. */
export const modes = vocabulary({
  venue: { en: 'At the venue', ja: '会場' },
  outdoor: { en: 'Outdoors (blue sky)', ja: '青空・屋外' },
  visit: { en: 'Visit', ja: '訪問' },
  phone: { en: 'Phone', ja: '電話' },
  letter: { en: 'Letter', ja: '手紙' },
  online: { en: 'Online', ja: 'オンライン' },
  delivery: { en: 'Delivery', ja: 'お届け' },
});
export type Mode = z.infer<typeof modes.schema>;

/** How a referral ended for the person. */
export const outcomes = vocabulary({
  'need-met': { en: 'Need met', ja: '解決した' },
  'need-partly-met': { en: 'Partly met', ja: '一部解決した' },
  'need-not-met': { en: 'Not met', ja: '解決しなかった' },
  'support-continues': { en: 'Support continues', ja: '支援を継続' },
});
export type Outcome = z.infer<typeof outcomes.schema>;
