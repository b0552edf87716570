import { businessDeadline } from '@tsunagu/calendar';

/** Business days that each status may last, and that a recipient has to acknowledge a withdrawal. Overdue ends nothing. */
export const businessDays = {
  requested: 3,
  'information-requested': 3,
  accepted: 5,
  'in-progress': 60,
  'on-hold': 20,
  acknowledgement: 5,
} as const;

/** Close of business of the last day; RFC 3339. */
export const deadlineFor = (step: keyof typeof businessDays, now: string): string =>
  businessDeadline(now, businessDays[step]);
