import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Memory } from './memory';
import { createProvider, type IdentityOptions } from './provider';
import { signIn } from './sign-in';

export interface RunningIdentity {
  /** Internal base URL; the provider answers below `/oidc`. */
  readonly url: string;
  close(): Promise<void>;
}

export const MOUNT = '/oidc';

/** The embedded OpenID provider. It believes nobody about its own address: every link it makes starts with the issuer. */
export async function startIdentity(options: IdentityOptions): Promise<RunningIdentity> {
  const issuer = new URL(options.issuer);
  if (issuer.pathname !== MOUNT)
    throw new Error(`The issuer must end in ${MOUNT}, such as http://localhost:8080${MOUNT}.`);
  const memory = new Memory(options.memory);
  const provider = createProvider(options, memory);
  const protocol = provider.callback();
  const pages = signIn(provider, options);

  const server = createServer((request, response) => {
    asIssuer(request, issuer);
    if (request.url === '/health/live') return answer(response, 200, { live: true });
    if (!request.url?.startsWith(`${MOUNT}/`)) return answer(response, 404, { code: 'not-found' });
    if (request.url.startsWith(`${MOUNT}/interaction/`)) return void pages(request, response);
    const mounted = request as IncomingMessage & { originalUrl?: string };
    mounted.originalUrl = request.url;
    mounted.url = request.url.slice(MOUNT.length);
    return void protocol(mounted, response);
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server).then(() => memory.flush()) };
}

function asIssuer(request: IncomingMessage, issuer: URL): void {
  request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  request.headers['x-forwarded-host'] = issuer.host;
  delete request.headers['x-forwarded-for'];
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
