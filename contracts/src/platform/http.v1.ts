import { z } from 'zod';
import { instant, uuid } from '../ids';

export const DeadLettersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Those that wait longest come first.'),
});
export type DeadLettersQuery = z.infer<typeof DeadLettersQuery>;

/**
 * An event that a consumer could not handle and set aside: what helps to mend the cause, and nothing about anybody.
 * Neither whom it is about nor what it says is shown; with the event's id an auditor finds both in the journey.
 */
export const DeadLetterView = z.object({
  id: z.string(),
  service: z.string(),
  group: z.string().describe('The consumer that gave up.'),
  topic: z.string(),
  event: z.object({
    id: uuid,
    type: z.string(),
    time: instant.describe('Server time of the recording.'),
    source: z.string(),
    fields: z.array(z.string()).describe('Names of its data fields; never their values.'),
    traceparent: z.string().optional(),
  }),
  reason: z.string().describe('Code or class of the last error; never its message.'),
  attempts: z.number().int().describe('All tries so far, those after it was put back included.'),
  failedAt: instant,
  status: z.enum(['waiting', 'put-back']).describe('`put-back`: its group has not handled it again yet.'),
});
export type DeadLetterView = z.infer<typeof DeadLetterView>;
