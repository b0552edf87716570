import { Rejection } from '@tsunagu/event-sourcing';

const HOUR = 3_600_000;
export const MOST_HOURS = 4;
export const MOST_CATEGORIES = 2;
const REVIEW_HOURS = 72;

export interface EmergencyTerms {
  readonly user: string;
  readonly supervisor: string;
  readonly categories: readonly string[];
  /** Whole or part hours, counted from `now`. */
  readonly hours: number;
  readonly now: string;
}

/**
 * The limits of emergency access: at most two categories, at most four hours, and somebody else told.
 * @returns when it ends and by when somebody else must have reviewed it
 */
export function emergencyLimits(terms: EmergencyTerms): { readonly until: string; readonly reviewBy: string } {
  if (terms.categories.length === 0 || terms.categories.length > MOST_CATEGORIES) {
    throw new Rejection(
      'emergency-too-wide',
      'Emergency access shows one or two kinds of data, no more.',
      'categories',
    );
  }
  if (!(terms.hours > 0 && terms.hours <= MOST_HOURS)) {
    throw new Rejection('emergency-too-long', 'Emergency access lasts at most four hours.', 'hours');
  }
  if (terms.supervisor === terms.user) {
    throw new Rejection('supervisor-is-self', 'Tell somebody else: you cannot be your own supervisor.', 'supervisor');
  }
  const after = (hours: number): string => new Date(Date.parse(terms.now) + hours * HOUR).toISOString();
  return { until: after(terms.hours), reviewBy: after(REVIEW_HOURS) };
}
