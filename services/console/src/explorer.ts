import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ConsoleConfig } from './config';
import { layout } from './pages';
import type { Sessions } from './sessions';
import { languageOf, say } from './text';

/** Swagger UI over every service's own OpenAPI document; calls go through this origin, as whoever is signed in. */
export async function explorer(app: FastifyInstance, { services }: ConsoleConfig, sessions: Sessions): Promise<void> {
  await app.register(fastifyStatic, {
    root: dirname(require.resolve('swagger-ui-dist/package.json')),
    prefix: '/explorer/assets/',
    allowedPath: (path) =>
      ['/swagger-ui-bundle.js', '/swagger-ui-standalone-preset.js', '/swagger-ui.css'].includes(path),
    cacheControl: true,
    maxAge: '1d',
    index: false,
  });
  app.get<{ Querystring: { lang?: string } }>('/explorer', async (request, reply) => {
    const language = languageOf(request.query.lang);
    const title = say(language)('APIを試す | つなぐ', 'API explorer | Tsunagu');
    const account = (await sessions.current(request, reply))?.account;
    const page = layout({ language, title, path: '/explorer', account, head: HEAD, body: BODY });
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get('/explorer/start.js', async (_, reply) =>
    reply.type('text/javascript; charset=utf-8').send(startScript(Object.keys(services))),
  );
}

const HEAD = `<link rel="stylesheet" href="/explorer/assets/swagger-ui.css">
<link rel="stylesheet" href="/assets/explorer.css">`;

const BODY = `<div id="explorer"></div>
<script src="/explorer/assets/swagger-ui-bundle.js"></script>
<script src="/explorer/assets/swagger-ui-standalone-preset.js"></script>
<script src="/explorer/start.js"></script>`;

/** Every action begins a trace of its own, here in the browser (W3C Trace Context, section 3.2). */
const TRACED = `function traced(request) {
  const random = (bytes) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  request.headers = { ...request.headers, traceparent: '00-' + random(16) + '-' + random(8) + '-01' };
  return request;
}
`;

const startScript = (services: readonly string[]): string => `SwaggerUIBundle({
  urls: ${JSON.stringify(services.map((name) => ({ name, url: `/api/${name}/openapi.json` })))},
  dom_id: '#explorer',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  validatorUrl: 'none',
  persistAuthorization: false,
  tryItOutEnabled: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  requestInterceptor: traced,
});

${TRACED}`;
