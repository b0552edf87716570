import { z } from 'zod';
import { contractEvent } from '../envelope';
import { agencyId, area, instant, month, uuid } from '../ids';
import { aboutPerson, recordViewedBy } from '../platform/events.v1';
import { channels, needs, triageTiers, urgencies } from '../vocabulary/consultation';
import { languageTag } from '../vocabulary/languages';
import { ageBands, sectors } from '../vocabulary/people';

const event = <S extends z.ZodType>(name: string, schema: S) => contractEvent('intake', 'events', name, 1, schema);
const fact = <S extends z.ZodType>(name: string, schema: S) => contractEvent('intake', 'facts', name, 1, schema);
const aboutConsultation = { ...aboutPerson, consultationId: uuid };

/** Facts name what happened and to whom (by random id), never what was said: content stays sealed in intake. */
export const intakeEvents = {
  ConsultationOpened: event(
    'ConsultationOpened',
    z.object({
      ...aboutConsultation,
      agencyId: agencyId.nullable(),
      channel: channels.schema,
      language: languageTag,
      interpreterNeeded: z.boolean(),
      anonymous: z.boolean(),
    }),
  ),
  ConsultationTaken: event('ConsultationTaken', z.object({ ...aboutConsultation, agencyId })),
  ConsultationAnswered: event('ConsultationAnswered', z.object({ ...aboutConsultation, agencyId })),
  ConsultationContinued: event(
    'ConsultationContinued',
    z.object({ ...aboutConsultation, by: z.enum(['person', 'worker']) }),
  ),
  ConsultationRouted: event(
    'ConsultationRouted',
    z.object({ ...aboutConsultation, fromAgencyId: agencyId, toAgencyId: agencyId }),
  ),
  ConsultationTriaged: event(
    'ConsultationTriaged',
    z.object({ ...aboutConsultation, agencyId, tier: triageTiers.schema, dueAt: instant }),
  ),
  /** Nobody answered by the time that the triage tier allows. `agencyId` is null while no agency has taken it. */
  TriageOverdue: event(
    'TriageOverdue',
    z.object({ ...aboutConsultation, agencyId: agencyId.nullable(), tier: triageTiers.schema, dueAt: instant }),
  ),
  ConsultationClosed: event('ConsultationClosed', z.object({ ...aboutConsultation, agencyId })),
  ScreeningRecorded: event(
    'ScreeningRecorded',
    z.object({ ...aboutConsultation, agencyId, instrument: z.string(), instrumentVersion: z.string() }),
  ),
  NeedRecorded: event(
    'NeedRecorded',
    z.object({ ...aboutConsultation, agencyId, needId: uuid, urgency: urgencies.schema }),
  ),
  NeedSettled: event(
    'NeedSettled',
    z.object({ ...aboutConsultation, agencyId, needId: uuid, status: z.enum(['met', 'withdrawn']) }),
  ),
  PersonIdentified: event('PersonIdentified', z.object({ ...aboutPerson })),
  PersonCorrected: event('PersonCorrected', z.object({ ...aboutPerson })),
  PersonsLinked: event('PersonsLinked', z.object({ ...aboutPerson, otherPersonId: uuid, agencyId })),
  PersonsUnlinked: event('PersonsUnlinked', z.object({ ...aboutPerson, otherPersonId: uuid, agencyId })),
  ErasureRequested: event('ErasureRequested', z.object({ ...aboutPerson, erasureId: uuid })),
  /** The person's keys are destroyed: nothing sealed about them can be read again, anywhere. */
  PersonErased: event('PersonErased', z.object({ ...aboutPerson, erasureId: uuid, keysDestroyed: z.number().int() })),
  RecordViewed: recordViewedBy('intake'),
} as const;

/** No person, no consultation, no day: only what the first release tables count. */
export const intakeFacts = {
  ConsultationCounted: fact(
    'ConsultationCounted',
    z.object({
      month,
      channel: channels.schema,
      ageBand: ageBands.schema,
      area,
      /** `unknown`: the directory did not list the agency yet. */
      sector: sectors.schema.or(z.enum(['unrouted', 'unknown'])),
    }),
  ),
  NeedCounted: fact('NeedCounted', z.object({ month, need: needs.schema, area, urgency: urgencies.schema })),
} as const;
