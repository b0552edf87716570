import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, readDatabases } from './config';

let folder: string;
const at = (name: string): string => join(folder, name);
const write = (name: string, content: string): void => writeFileSync(at(name), content);

/** One file for every service; what differs is which secrets lie beside it. */
const shared = () => ({
  publicUrl: 'env:ORIGIN',
  databases: {
    password: `file:${at('database-password')}`,
    ownerPassword: `file?:${at('owner-password')}`,
    events: { url: 'postgresql://db.example:5432/events?sslmode=verify-full' },
    reads: { url: 'postgresql://db.example:5432/reads' },
    keys: { url: 'postgresql://somebody:else@keys.example/keys' },
  },
  kafka: { brokers: ['kafka:9092'], sasl: { mechanism: 'plain', password: 'env:KAFKA' } } as object | undefined,
  issuers: [{ issuer: 'i', jwksUrl: 'https://id.example/jwks', audience: 'tsunagu' }],
  client: { secret: 'env:KAFKA', tokenUrl: 'https://id.example/token' },
  services: {},
  secrets: { fingerprintKey: 'a', keyEncryptionKey: `file?:${at('key')}` },
});

const environment = () => ({ TSUNAGU_CONFIG: at('service.json'), ORIGIN: 'https://tsunagu.example', KAFKA: 'k' });
const configOf = (file: object, service: 'follow-up' | 'intake' = 'follow-up') => {
  write('service.json', JSON.stringify(file));
  return readConfig(service, environment());
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-config-'));
  write('database-password', 'p@ss/ word\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a configuration file for every service', () => {
  it('takes the environment and files for what they hold', () => {
    write('key', 'a key\r\n');
    const { publicUrl, secrets } = configOf(shared());
    expect([publicUrl, secrets.keyEncryptionKey]).toEqual(['https://tsunagu.example', 'a key']);
  });

  it('leaves out what this process was not given', () =>
    expect(configOf(shared()).secrets).toEqual({ fingerprintKey: 'a' }));

  it('names the service where nobody is named', () => {
    const { databases, client, kafka } = configOf(shared());
    expect(databases).toEqual({
      events: { url: 'postgresql://follow_up:p%40ss%2F%20word@db.example:5432/events?sslmode=verify-full' },
      reads: { url: 'postgresql://follow_up:p%40ss%2F%20word@db.example:5432/reads' },
      keys: { url: 'postgresql://somebody:else@keys.example/keys' },
    });
    expect([client.id, kafka?.sasl?.username]).toEqual(['follow-up', 'follow-up']);
    expect(configOf(shared(), 'intake').databases?.reads.url).toContain('//intake:');
  });

  it('migrates as the owner where the owner’s password is', () => {
    write('owner-password', 'owner');
    expect(configOf(shared()).databases?.reads.ownerUrl).toBe(
      'postgresql://follow_up_owner:owner@db.example:5432/reads',
    );
  });

  it('gives a migration its databases without the secrets of the rest', () => {
    write('owner-password', 'owner');
    write('service.json', JSON.stringify({ ...shared(), secrets: `file:${at('nowhere')}` }));
    expect(readDatabases('intake', environment()).databases?.reads.ownerUrl).toContain('//intake_owner:owner@');
  });

  it.each([
    ['a bus', () => ({ ...shared(), kafka: undefined }), 'name the bus, here or as `kafka`'],
    ['a file', () => ({ ...shared(), publicUrl: `file:${at('nowhere')}` }), 'needs the file '],
    ['a variable', () => ({ ...shared(), publicUrl: 'env:NOWHERE' }), 'needs the environment variable NOWHERE'],
    ['issuers', () => ({ ...shared(), issuers: undefined }), 'is not a configuration of follow-up'],
  ])('says what is missing: %s', (_, file, message) => expect(() => configOf(file())).toThrow(message));

  it('needs no Kafka where PostgreSQL is the bus', () => {
    const { databases, ...rest } = shared();
    const bus = { url: 'postgresql://db.example/bus' };
    expect(configOf({ ...rest, kafka: undefined, databases: { ...databases, bus } }).databases?.bus?.url).toContain(
      '//follow_up:',
    );
  });
});
