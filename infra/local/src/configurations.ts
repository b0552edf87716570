import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { ConsoleConfigInput } from '@tsunagu/console';
import { AUDIENCE, type IdentityOptions, MOUNT } from '@tsunagu/identity';
import { type ServiceConfig, serviceConfig, type ServiceDefinition } from '@tsunagu/platform';
import { opensKeys, ownerRole, runtimeRole, type Server, urlOf } from './databases';
import type { Ports } from './ports';
import { privateFolder, writePrivately } from './private-file';
import type { Secrets } from './secrets';
import type { Settings } from './settings';
import type { Town } from './town';

type Name = ServiceDefinition['name'];

/** The issuer of the tokens that persons get for a claim code. */
const PERSON_ISSUER = 'tsunagu-intake';

/** Everything that the parts are told, from the settings, the secrets and the ports. */
export class Configurations {
  readonly server: Server;
  private readonly issuer: string;
  private readonly identityUrl: string;
  private readonly urls: Record<string, string>;

  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly ports: Ports<Name | 'postgres' | 'identity'>,
    private readonly services: readonly ServiceDefinition[],
    private readonly town: Town,
  ) {
    this.server = {
      port: ports.postgres,
      folder: join(settings.data, 'postgres'),
      superuserPassword: secrets.databaseSuperuser,
      rolePasswords: secrets.databaseRoles,
    };
    this.issuer = settings.origin + MOUNT;
    this.identityUrl = `http://127.0.0.1:${ports.identity}`;
    this.urls = Object.fromEntries(services.map(({ name }) => [name, `http://127.0.0.1:${ports[name]}`]));
  }

  of(service: ServiceDefinition): ServiceConfig {
    const { name } = service;
    const role = runtimeRole(name);
    const owned = (database: 'events' | 'reads') => ({
      url: urlOf(this.server, role, database),
      ownerUrl: urlOf(this.server, ownerRole(name), database),
    });
    return serviceConfig.parse({
      port: this.ports[name],
      publicUrl: this.settings.origin,
      databases: {
        events: owned('events'),
        reads: owned('reads'),
        bus: { url: urlOf(this.server, role, 'bus') },
        ...(opensKeys(service) ? { keys: { url: urlOf(this.server, role, 'keys') } } : {}),
      },
      ...(this.settings.brokers.length > 0 ? { kafka: { brokers: [...this.settings.brokers] } } : {}),
      issuers: [
        { issuer: this.issuer, jwksUrl: `${this.identityUrl}${MOUNT}/jwks`, audience: AUDIENCE },
        {
          issuer: PERSON_ISSUER,
          jwksUrl: `${this.urls['intake']}/.well-known/jwks.json`,
          audience: AUDIENCE,
          roles: ['person'],
        },
      ],
      client: { id: name, secret: this.clientSecret(name), tokenUrl: `${this.identityUrl}${MOUNT}/token` },
      services: this.urls,
      secrets: {
        fingerprintKey: this.secrets.fingerprintKey,
        ...(opensKeys(service) ? { keyEncryptionKey: this.secrets.keyEncryptionKey } : {}),
        ...(name === 'intake' ? { personTokenKey: this.secrets.personTokenKey } : {}),
      },
      logLevel: 'warn',
    });
  }

  identity(): IdentityOptions {
    const agencies = new Map(this.town.agencies.map(({ id, name }) => [id, name]));
    return {
      issuer: this.issuer,
      port: this.ports.identity,
      workers: this.town.workers.map((worker) => {
        const agencyName = agencies.get(worker.agency ?? '');
        return { ...worker, ...(agencyName ? { agencyName } : {}) };
      }),
      password: this.secrets.samplePassword,
      jwks: this.secrets.signingKeys,
      cookieKeys: [this.secrets.cookieKey],
      memory: join(this.settings.data, 'sign-ins.json'),
      clients: {
        console: { secret: this.clientSecret('console'), redirectUris: [`${this.settings.origin}/callback`] },
        cli: { secret: this.clientSecret('cli') },
        services: Object.fromEntries(this.services.map(({ name }) => [name, this.clientSecret(name)])),
      },
    };
  }

  console(): ConsoleConfigInput {
    return {
      host: this.settings.host,
      port: this.settings.port,
      publicUrl: this.settings.origin,
      identity: {
        issuer: this.issuer,
        internalUrl: this.identityUrl,
        clientId: 'console',
        clientSecret: this.clientSecret('console'),
      },
      sessionKeys: [this.secrets.sessionKey],
      services: this.urls as ConsoleConfigInput['services'],
      sampleWorkers: this.identity().workers.map((worker) => ({ ...worker, roles: [...worker.roles] })),
    };
  }

  /** How `npm run token` and the loading of the town become a worker. */
  commandLine() {
    return { tokenUrl: `${this.identityUrl}${MOUNT}/token`, clientId: 'cli', clientSecret: this.clientSecret('cli') };
  }

  /** Where `write` puts a service's configuration. */
  fileOf({ name }: ServiceDefinition): string {
    return join(this.settings.data, 'services', `${name}.json`);
  }

  /** The one address of a service, however many instances are behind it. */
  portOf({ name }: ServiceDefinition): number {
    return this.ports[name];
  }

  /** Of one of several instances, which takes any free port; answers its file. */
  writeInstance(service: ServiceDefinition, instance: number): string {
    const file = join(this.settings.data, 'services', `${service.name}-${instance}.json`);
    writePrivately(file, { ...this.of(service), port: 0 });
    return file;
  }

  /** Each part's configuration as a file, so that it can also run alone. */
  write(): void {
    const folder = join(this.settings.data, 'services');
    privateFolder(folder);
    for (const service of this.services) writePrivately(this.fileOf(service), this.of(service));
    writePrivately(join(folder, 'identity.json'), this.identity());
    writePrivately(join(folder, 'console.json'), this.console());
    writePrivately(join(folder, 'command-line.json'), this.commandLine());
  }

  private clientSecret(client: string): string {
    return createHmac('sha256', this.secrets.clients).update(client).digest('base64url');
  }
}
