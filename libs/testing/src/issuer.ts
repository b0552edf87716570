import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Sample workers of the fictional town, as the embedded identity provider knows them. */
export const sampleWorkers = {
  aoi: { agency: 'tsumugi-city-desk', roles: ['caseworker'] },
  ren: { agency: 'tsumugi-city-desk', roles: ['supervisor'] },
  minato: { agency: 'tsumugi-city-desk', roles: ['agency-admin'] },
  mei: { agency: 'tsumugi-support-center', roles: ['caseworker'] },
  sora: { agency: 'tsumugi-support-center', roles: ['agency-admin'] },
  yui: { agency: 'hidamari-npo', roles: ['caseworker'] },
  kaito: { agency: 'hidamari-npo', roles: ['supervisor'] },
  rin: { agency: 'niji-kodomo-shokudo', roles: ['caseworker'] },
  haru: { agency: 'niji-kodomo-shokudo', roles: ['agency-admin'] },
  nagi: { agency: 'aoba-clinic', roles: ['caseworker'] },
  itsuki: { agency: 'aoba-clinic', roles: ['supervisor'] },
  fumi: { agency: 'midori-jichikai', roles: ['caseworker'] },
  shiori: { roles: ['auditor'] },
  akira: { roles: ['analyst'] },
  tsukasa: { roles: ['operator'] },
} as const satisfies Readonly<Record<string, { agency?: string; roles: readonly string[] }>>;

export type SampleWorker = keyof typeof sampleWorkers;

const AUDIENCE = 'tsunagu';
const PERSON_ISSUER = 'tsunagu-intake';

/** A real signer and JWKS endpoint: services under test verify its tokens exactly as in production. */
export interface TestIssuer {
  readonly issuers: readonly { issuer: string; jwksUrl: string; audience: string; roles?: string[] }[];
  readonly tokenUrl: string;
  /** Private JWK (JSON) for intake's configuration. */
  readonly personTokenKey: string;
  workerToken(worker: SampleWorker): Promise<string>;
  personToken(person: string): Promise<string>;
  serviceToken(service: string): Promise<string>;
  close(): Promise<void>;
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const sign = (issuer: string, subject: string, claims: object): Promise<string> =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'test' })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('30 days')
      .sign(privateKey);
  const serviceToken = (service: string) => sign('test-identity', service, { service, roles: ['service'] });
  const server = createServer((request, response) => {
    void answer(request, publicJwk, serviceToken).then((body) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const base = await listen(server);
  return {
    issuers: [
      { issuer: 'test-identity', jwksUrl: `${base}/jwks`, audience: AUDIENCE },
      { issuer: PERSON_ISSUER, jwksUrl: `${base}/jwks`, audience: AUDIENCE, roles: ['person'] },
    ],
    tokenUrl: `${base}/token`,
    personTokenKey: JSON.stringify(privateJwk),
    workerToken: (worker) => sign('test-identity', worker, sampleWorkers[worker]),
    personToken: (person) => sign(PERSON_ISSUER, person, { roles: ['person'] }),
    serviceToken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(
  request: IncomingMessage,
  jwk: JWK,
  serviceToken: (service: string) => Promise<string>,
): Promise<object> {
  if (request.url === '/jwks') return { keys: [jwk] };
  const basic = Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64').toString('utf8');
  const service = decodeURIComponent(basic.split(':')[0] ?? '');
  return { access_token: await serviceToken(service), token_type: 'Bearer', expires_in: 600 };
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
