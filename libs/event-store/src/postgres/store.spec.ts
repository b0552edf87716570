import type { EventStore } from '@tsunagu/event-sourcing';
import { eventStoreContract, freshLog } from '@tsunagu/testing';

const contractStore = async (): Promise<EventStore> => (await freshLog()).open();

eventStoreContract('postgresEventStore', contractStore);
