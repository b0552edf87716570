import './quiet';
import Provider, { type ClientMetadata, type Configuration, type JWKS, type KoaContextWithOIDC } from 'oidc-provider';
import { errorPage } from './pages';
import { registerSampleWorkerGrant, SAMPLE_WORKER_GRANT } from './sample-worker.grant';
import type { Memory } from './memory';
import { adapterOver } from './sessions';
import type { Worker } from './worker';

export interface IdentityOptions {
  /** Public address, `<origin>/oidc`. */
  readonly issuer: string;
  readonly host?: string;
  /** 0 or absent takes any free port. */
  readonly port?: number;
  readonly workers: readonly Worker[];
  /** One password for all sample workers. */
  readonly password: string;
  /** Private signing keys, the first in use (ES256). */
  readonly jwks: JWKS;
  readonly cookieKeys: readonly string[];
  /** File that keeps who is signed in over a restart; without it, a restart signs everybody out. */
  readonly memory?: string;
  readonly clients: {
    readonly console: { readonly secret: string; readonly redirectUris: readonly string[] };
    /** May obtain a token for any sample worker: leave it out where real people sign in. */
    readonly cli?: { readonly secret: string };
    /** Secret per service, by service name. */
    readonly services: Readonly<Record<string, string>>;
  };
}

/** RFC 8707 resource of every API of ours. */
export const RESOURCE = 'urn:tsunagu';
export const AUDIENCE = 'tsunagu';

const ALGORITHM = 'ES256';
const HOUR = 3600;
/** How long a copied token outlives signing out at the console, which renews its tokens by itself. */
const CONSOLE_TOKEN_S = 300;
const RESOURCE_SERVER = {
  scope: 'openid service',
  audience: AUDIENCE,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: ALGORITHM } },
} as const;

export function createProvider(options: IdentityOptions, memory: Memory): Provider {
  const workers = new Map(options.workers.map((worker) => [worker.user, worker]));
  const provider = new Provider(options.issuer, configuration(options, memory, workers));
  provider.proxy = true;
  if (options.clients.cli) registerSampleWorkerGrant(provider, workers, RESOURCE, RESOURCE_SERVER);
  return provider;
}

function configuration(options: IdentityOptions, memory: Memory, workers: ReadonlyMap<string, Worker>): Configuration {
  return {
    adapter: adapterOver(memory),
    clients: clients(options),
    clientDefaults: { id_token_signed_response_alg: ALGORITHM },
    jwks: options.jwks,
    cookies: { keys: [...options.cookieKeys], short: { sameSite: 'lax' }, long: { sameSite: 'lax' } },
    scopes: ['openid'],
    claims: { openid: ['sub', 'name', 'agency', 'roles'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    findAccount: (_, id) => {
      const worker = workers.get(id);
      return worker && { accountId: id, claims: () => ({ sub: id, ...claimsOf(worker) }) };
    },
    extraTokenClaims: (_, token) => {
      if (token.kind === 'ClientCredentials') return { service: token.clientId, roles: ['service'] };
      const worker = 'accountId' in token ? workers.get(token.accountId) : undefined;
      return worker && claimsOf(worker);
    },
    // Two instances of the console may renew at once. Its secret binds the token to it (RFC 9700 section 4.14.2).
    rotateRefreshToken: false,
    issueRefreshToken: (_, client) => client.clientId === 'console',
    loadExistingGrant: firstPartyGrant,
    interactions: { url: (_, interaction) => `/oidc/interaction/${interaction.uid}` },
    renderError: (ctx, { error }) => {
      ctx.type = 'html';
      ctx.body = errorPage(error);
    },
    ttl: {
      AccessToken: (_, __, client) => (client.clientId === 'console' ? CONSOLE_TOKEN_S : HOUR),
      ClientCredentials: HOUR,
      AuthorizationCode: 60,
      Interaction: HOUR,
      Session: 12 * HOUR,
      Grant: 12 * HOUR,
      RefreshToken: 12 * HOUR,
      IdToken: HOUR,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => client.clientId === token.clientId },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => RESOURCE_SERVER,
      },
    },
  };
}

const claimsOf = ({ name, roles, agency }: Worker) => ({ name, roles: [...roles], ...(agency ? { agency } : {}) });

function clients({ clients: { console, cli, services } }: IdentityOptions): ClientMetadata[] {
  const machine = (client_id: string, client_secret: string, grant: string): ClientMetadata => ({
    client_id,
    client_secret,
    grant_types: [grant],
    redirect_uris: [],
    response_types: [],
  });
  return [
    {
      client_id: 'console',
      client_secret: console.secret,
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [...console.redirectUris],
      response_types: ['code'],
    },
    ...(cli ? [machine('cli', cli.secret, SAMPLE_WORKER_GRANT)] : []),
    ...Object.entries(services).map(([name, secret]) => machine(name, secret, 'client_credentials')),
  ];
}

/** The console is ours: signing in is the agreement, there is nothing further to ask. */
async function firstPartyGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const found = known ? await provider.Grant.find(known) : undefined;
  if (found) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(RESOURCE, 'openid');
  await grant.save();
  return grant;
}
