import { z } from 'zod';
import { agencyId, uuid } from '../ids';
import { actions, dataCategories, purposes } from '../vocabulary/consent';
import { contractEvent, type ServiceName } from '../envelope';

/** Every fact about a person carries who it is about and which agencies were party to it: the journey shows it to these. */
export const aboutPerson = { personId: uuid, parties: z.array(agencyId) };

/** Whether events of this schema are about a person (`aboutPerson`): the journey keeps these. */
export const isAboutPerson = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodObject && 'personId' in schema.shape;

const recordViewed = z.object({
  ...aboutPerson,
  /** What was looked at, e.g. `consultation`, `referral-disclosure`, `timeline`, `search`. */
  subject: z.string(),
  subjectId: z.string(),
  categories: z.array(dataCategories.schema),
  purpose: purposes.schema.optional(),
  action: actions.schema,
  /** `own-agency`: the agency's own records; `consent`: under the named authorisation. */
  basis: z.enum(['own-agency', 'consent', 'self', 'audit', 'emergency']),
  authorisationId: uuid.optional(),
  outcome: z.enum(['shown', 'refused']),
  /** Decision code when refused. */
  reason: z.string().optional(),
});

/** Reads are facts too: who looked at what, why, and what they were refused. Every service publishes its own. */
export const recordViewedBy = (service: ServiceName) =>
  contractEvent(service, 'events', 'RecordViewed', 1, recordViewed);
