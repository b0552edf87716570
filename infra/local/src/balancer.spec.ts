import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { balance } from './balancer';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => void (await Promise.all(closings.splice(0).map((close) => close()))));

/** Says its name to whoever connects. */
async function target(name: string): Promise<number> {
  const server: Server = createServer((socket) => socket.end(name)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(async () => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function before(targets: () => readonly number[]): Promise<number> {
  const { port, close } = await balance({ targets });
  closings.push(close);
  return port;
}

const ask = (port: number): Promise<string> => text(connect(port, '127.0.0.1'));

it('gives each connection to the next, and passes over one that is dead', async () => {
  const [a, b] = [await target('a'), await target('b')];
  const dead = await before(() => []);
  await closings.pop()?.();
  const port = await before(() => [a, dead, b]);
  const answers = [await ask(port), await ask(port), await ask(port), await ask(port)];
  expect(answers.sort()).toEqual(expect.arrayContaining(['a', 'b']));
  expect(answers.join('')).toHaveLength(4);
});

it('asks for the targets anew each time, and breaks a connection off when there is none', async () => {
  const targets: number[] = [];
  const port = await before(() => targets);
  await expect(ask(port)).rejects.toThrow('ECONNRESET');
  targets.push(await target('a'));
  expect(await ask(port)).toBe('a');
});
