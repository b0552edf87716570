import { type CloudEvent, consentEvents } from '@tsunagu/contracts';
import type { ReadModel } from '@tsunagu/read-models';
import { dataOf } from '../bus-facts';
import { AuthorisationRow } from './authorisations.entity';

export const authorisationRows: ReadModel<AuthorisationRow, CloudEvent> = {
  name: 'authorisations',
  entity: AuthorisationRow,
  keysOf: (event) => {
    const authorised = dataOf(event, consentEvents.DisclosureAuthorised);
    return authorised ? [authorised.authorisationId] : [];
  },
  evolve: (row, event) => {
    const authorised = dataOf(event, consentEvents.DisclosureAuthorised);
    if (row || !authorised) return row;
    const { authorisationId, personId, recipientAgency, discloserAgency, purpose, categories } = authorised;
    const { action, code, grantIds, restsOn, at, until } = authorised;
    return {
      ...{ authorisationId, personId, recipientAgency, discloserAgency, purpose, categories, action, code, grantIds },
      restsOn,
      at: new Date(at),
      until: new Date(until),
      recordedAt: new Date(event.time),
      revision: event.revision,
    };
  },
};
