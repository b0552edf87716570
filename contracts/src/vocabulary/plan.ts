import type { z } from 'zod';
import { vocabulary } from './vocabulary';

/** What came of trying to reach the person. */
export const attemptResults = vocabulary({
  reached: { en: 'Reached', ja: '連絡がとれた' },
  'no-answer': { en: 'No answer', ja: '応答なし' },
  declined: { en: 'Did not want contact', ja: '連絡を希望せず' },
  'wrong-address': { en: 'Wrong number or address', ja: '連絡先の誤り' },
});
export type AttemptResult = z.infer<typeof attemptResults.schema>;

/** How a plan ended. */
export const planOutcomes = vocabulary({
  'goals-met': { en: 'Goals met', ja: '目標達成' },
  'goals-partly-met': { en: 'Partly met', ja: '一部達成' },
  'moved-on': { en: 'Moved on to other support', ja: '他の支援へ移行' },
  'person-ended': { en: 'The person ended it', ja: '本人の希望で終了' },
  'lost-contact': { en: 'Contact lost after every attempt', ja: '連絡途絶' },
  'person-died': { en: 'The person died', ja: '死亡' },
  'entered-in-error': { en: 'Entered in error', ja: '誤記録' },
});
export type PlanOutcome = z.infer<typeof planOutcomes.schema>;

/** What a plan's owner must do. */
export const taskKinds = vocabulary({
  'agree-another-way': { en: 'Agree another way to keep contact', ja: '別の連絡方法を決める' },
  'overdue-contact': { en: 'Contact is overdue', ja: '連絡予定日を過ぎている' },
  reassess: { en: 'Reassess', ja: '再評価' },
  'consent-withdrawn': { en: 'Consent was withdrawn: review the plan', ja: '同意撤回に伴う見直し' },
});
export type TaskKind = z.infer<typeof taskKinds.schema>;
