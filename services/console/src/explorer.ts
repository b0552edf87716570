import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ConsoleConfig } from './config';

/** Swagger UI over every service's own OpenAPI document; calls go through this origin, as whoever is signed in. */
export async function explorer(app: FastifyInstance, { services }: ConsoleConfig): Promise<void> {
  await app.register(fastifyStatic, {
    root: dirname(require.resolve('swagger-ui-dist/package.json')),
    prefix: '/explorer/assets/',
    allowedPath: (path) =>
      ['/swagger-ui-bundle.js', '/swagger-ui-standalone-preset.js', '/swagger-ui.css'].includes(path),
    cacheControl: true,
    maxAge: '1d',
    index: false,
  });
  app.get('/explorer', async (_, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  app.get('/explorer/start.js', async (_, reply) =>
    reply.type('text/javascript; charset=utf-8').send(startScript(Object.keys(services))),
  );
}

const PAGE = `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>APIを試す | つなぐ</title>
<link rel="stylesheet" href="/explorer/assets/swagger-ui.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
</head>
<body>
<div id="explorer"></div>
<script src="/explorer/assets/swagger-ui-bundle.js"></script>
<script src="/explorer/assets/swagger-ui-standalone-preset.js"></script>
<script src="/explorer/start.js"></script>
</body>
</html>`;

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
});
`;
