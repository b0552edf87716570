import { type CloudEvent, consentEvents } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { dataOf } from '../bus-facts';
import { ConsentRow } from './consents.entity';

/** Grants and their withdrawals; the same row whichever of the two comes first. */
export const consentRows: ReadModel<ConsentRow, CloudEvent> = {
  name: 'consents',
  entity: ConsentRow,
  keysOf: (event) => {
    const granted = dataOf(event, consentEvents.ConsentGranted);
    if (granted) return [granted.grantId];
    return dataOf(event, consentEvents.ConsentWithdrawn)?.grantIds ?? [];
  },
  evolve: (row, event, grantId) => {
    const granted = dataOf(event, consentEvents.ConsentGranted);
    if (granted) {
      const { effect, purposes, categories, recipients, actions, form, notice, byRepresentative, parties } = granted;
      return {
        ...(row ?? unheard(grantId, granted.personId, event)),
        ...{ effect, purposes, categories, recipients, actions, form, notice, byRepresentative, parties },
        known: true,
        from: new Date(granted.from),
        until: new Date(granted.until),
        mandateUntil: granted.mandateUntil === null ? null : new Date(granted.mandateUntil),
        recordedBy: event.actoruser,
        recordedByAgency: event.actoragency ?? null,
        recordedAt: new Date(event.time),
      };
    }
    const withdrawn = dataOf(event, consentEvents.ConsentWithdrawn);
    if (!withdrawn) return row;
    const before = row ?? unheard(grantId, withdrawn.personId, event);
    return { ...before, withdrawnAt: new Date(event.time), withdrawnRevision: event.revision };
  },
};

const unheard = (grantId: string, personId: string, event: CloudEvent): ConsentRow => ({
  grantId,
  personId,
  known: false,
  effect: null,
  purposes: [],
  categories: [],
  recipients: [],
  actions: [],
  from: null,
  until: null,
  mandateUntil: null,
  form: null,
  notice: null,
  byRepresentative: false,
  recordedBy: null,
  recordedByAgency: null,
  recordedAt: new Date(event.time),
  withdrawnAt: null,
  withdrawnRevision: null,
  parties: [],
});
