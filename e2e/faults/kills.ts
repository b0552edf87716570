import type { Name } from '../support/fleet';
import type { Fault } from './fault';

const SERVICES: readonly (Name | 'console')[] = [
  'intake',
  'consent',
  'referral',
  'follow-up',
  'journey',
  'analytics',
  'console',
];

/** One of two, while the other goes on; then both at once. */
const killed = (service: Name | 'console'): Fault => ({
  name: `kill -9 of ${service}: one of two, then both`,
  inject: async (scene) => {
    const instances = scene.estate.of(service);
    const one = instances[scene.random.below(instances.length)];
    await one?.kill();
    await scene.acknowledged(10);
    await one?.start();
    await scene.somewhere();
    await Promise.all(instances.map((part) => part.kill()));
    await Promise.all(instances.map((part) => part.start()));
    return 2;
  },
});

const GONE_MS = 30_000;

export const kills: readonly Fault[] = [
  ...SERVICES.map(killed),
  {
    name: 'kill -9 of PostgreSQL',
    inject: async ({ estate: { postgres } }) => {
      await postgres.kill();
      await postgres.start();
      return 1;
    },
  },
  {
    name: 'PostgreSQL restarted',
    inject: async ({ estate: { postgres } }) => {
      await postgres.stop();
      await postgres.start();
      return 1;
    },
  },
  {
    name: 'kill -9 of the broker',
    inject: async ({ estate: { broker } }) => {
      await broker.kill();
      await broker.start();
      return 1;
    },
  },
  {
    name: 'broker gone for 30 s, one instance restarted meanwhile',
    inject: async (scene) => {
      const { broker } = scene.estate;
      const [service = 'intake'] = scene.random.shuffled(SERVICES);
      const [restarted] = scene.estate.of(service);
      await broker.stop();
      await Promise.all([scene.hold(GONE_MS), restarted?.kill().then(() => restarted.start())]);
      await broker.start();
      return 1;
    },
  },
];
