import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as probe } from 'node:net';
import { consoleConfig, type RunningConsole, startConsole } from '@tsunagu/console';
import { newSigningKeys, startIdentity } from '@tsunagu/identity';

export const PASSWORD = 'tsumugi-1234';
export const newKey = (): string => randomBytes(32).toString('base64');

/** The provider and consoles as `npm start` joins them, and a service that tells who it was called by. */
export interface Front {
  readonly origin: string;
  browser(): Browser;
  signedIn(returnTo?: string): Promise<Browser>;
  /** One more instance of the console. @returns its address */
  instance(sessionKeys?: readonly string[]): Promise<string>;
  /** Everything again, as after a restart. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** @param memory file of the provider */
export async function startFront(sessionKeys = [newKey()], memory?: string): Promise<Front> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const service = await whoCalls();
  const console = (at: number, keys: readonly string[], provider: string): Promise<RunningConsole> =>
    startConsole(consoleConfig.parse(configOf(origin, at, keys, provider, addressOf(service))));
  const provider = {
    issuer: `${origin}/oidc`,
    workers: [{ user: 'aoi', name: '青井 あおい', agency: 'tsumugi-city-desk', roles: ['caseworker' as const] }],
    password: PASSWORD,
    jwks: newSigningKeys(),
    cookieKeys: ['a-cookie-key'],
    clients: { console: { secret: 'secret', redirectUris: [`${origin}/callback`] }, services: {} },
    ...(memory === undefined ? {} : { memory }),
  };
  let identity = await startIdentity(provider);
  const first = async (): Promise<RunningConsole[]> => [await console(port, sessionKeys, identity.url)];
  let consoles = await first();
  const stop = async (): Promise<void> => {
    for (const one of consoles) await one.close();
    await identity.close();
  };
  return {
    origin,
    browser: () => new Browser(origin),
    signedIn: async (returnTo = '/') => {
      const browser = new Browser(origin);
      const { address } = await browser.go(`/signin?returnTo=${encodeURIComponent(returnTo)}`);
      await browser.go(address.pathname, { form: { worker: 'aoi', password: PASSWORD } });
      return browser;
    },
    instance: async (keys = sessionKeys) => {
      const another = await console(0, keys, identity.url);
      consoles.push(another);
      return another.url;
    },
    restart: async () => {
      await stop();
      identity = await startIdentity(provider);
      consoles = await first();
    },
    close: async () => {
      await stop();
      service.closeAllConnections();
      await new Promise((resolve) => service.close(resolve));
    },
  };
}

const configOf = (origin: string, port: number, sessionKeys: readonly string[], provider: string, url: string) => ({
  port,
  host: 'localhost',
  publicUrl: origin,
  identity: { issuer: `${origin}/oidc`, internalUrl: provider, clientId: 'console', clientSecret: 'secret' },
  sessionKeys: [...sessionKeys],
  services: { intake: url, consent: url, referral: url, 'follow-up': url, analytics: url, journey: url },
});

/** Answers with the claims of the token that it was called with. */
async function whoCalls(): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    const [, payload = ''] = (headers.authorization ?? '').split('.');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(payload === '' ? '{}' : Buffer.from(payload, 'base64url').toString('utf8'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = probe().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

interface Request {
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  /** Address of the instance that gets it; the browser itself knows the one origin only. */
  readonly at?: string;
}

/** A browser without JavaScript: cookies, and redirects followed one by one. */
export class Browser {
  readonly setCookies: string[] = [];

  constructor(
    private readonly origin: string,
    readonly cookies = new Map<string, string>(),
  ) {}

  /** Another one with the same cookies. */
  copy(): Browser {
    return new Browser(this.origin, new Map(this.cookies));
  }

  async go(path: string, request: Request = {}) {
    const { at } = request;
    let address = new URL(path, this.origin);
    let response = await this.send(address, request);
    while (response.status >= 300 && response.status < 400) {
      address = new URL(response.headers.get('location') ?? '', address);
      response = await this.send(address, at === undefined ? {} : { at });
    }
    return { address, status: response.status, text: await response.text() };
  }

  private async send(address: URL, { form, headers, method, at }: Request): Promise<Response> {
    // Only the console has several instances: the provider's own pages are behind any of them.
    const target = at === undefined ? address : new URL(address.pathname + address.search, at);
    const response = await fetch(target, {
      redirect: 'manual',
      method: method ?? (form ? 'POST' : 'GET'),
      headers: { ...headers, cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      this.setCookies.push(cookie);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}
