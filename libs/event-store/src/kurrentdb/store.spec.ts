import { randomUUID } from 'node:crypto';
import { eventStoreContract, KurrentDouble } from '@tsunagu/testing';
import { kurrentEventStore } from './store';

/** Each log is a prefix of its own, as each service's is: they share one server, and do not see each other. */
const newPrefix = (): string => `t${randomUUID().replaceAll('-', '')}`;

const double = new KurrentDouble();
beforeAll(() => double.start());
afterAll(() => {
  double.kill();
  expect(double.refused).toEqual([]);
});

eventStoreContract('kurrentEventStore, on the double of the server', async () =>
  kurrentEventStore({ connectionString: double.connectionString, prefix: newPrefix() }),
);

/** `npm run test:kurrentdb` gives it. */
const server = process.env['EVENTSTORE_URL'];
if (server !== undefined) {
  eventStoreContract('kurrentEventStore, on a real server', async () =>
    kurrentEventStore({ connectionString: server, prefix: newPrefix() }),
  );
}
