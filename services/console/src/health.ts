import type { FastifyInstance } from 'fastify';
import type { ConsoleConfig } from './config';
import { layout } from './pages';
import type { Account, Sessions } from './sessions';
import { escapeHtml, type Language, languageOf, say } from './text';

interface State {
  readonly name: string;
  readonly ready: boolean;
  /** Why not; or `ok`. */
  readonly reason: string;
}

const TIMEOUT_MS = 3_000;

/** For people `/health`; for machines `/health/live` and `/health/ready`. */
export function healthPages(app: FastifyInstance, config: ConsoleConfig, sessions: Sessions): void {
  app.get('/health/live', async () => ({ live: true }));

  app.get('/health/ready', async (_, reply) => {
    const states = await statesOf(config);
    const ready = states.every((state) => state.ready);
    const services = Object.fromEntries(states.map(({ name, reason }) => [name, reason]));
    return reply.status(ready ? 200 : 503).send({ ready, services });
  });

  app.get<{ Querystring: { lang?: string } }>('/health', async (request, reply) => {
    const language = languageOf(request.query.lang);
    const account = (await sessions.current(request, reply))?.account;
    return reply.type('text/html; charset=utf-8').send(healthPage(await statesOf(config), language, account));
  });
}

function statesOf({ services, identity }: ConsoleConfig): Promise<readonly State[]> {
  return Promise.all([
    ...Object.entries(services).map(([name, url]) => stateOf(name, `${url}/health/ready`)),
    stateOf('identity', identity.internalUrl + new URL(identity.issuer).pathname + '/.well-known/openid-configuration'),
  ]);
}

async function stateOf(name: string, url: string): Promise<State> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const report: unknown = await response.json();
    return response.ok ? { name, ready: true, reason: 'ok' } : { name, ready: false, reason: reasonFrom(report) };
  } catch {
    return { name, ready: false, reason: 'no answer' };
  }
}

/** The service's own words about the checks that fail. */
function reasonFrom(report: unknown): string {
  const checks = typeof report === 'object' && report && 'checks' in report ? report.checks : undefined;
  if (typeof checks !== 'object' || !checks) return 'not ready';
  const failing = Object.entries(checks).filter(([, outcome]) => outcome !== 'ok');
  return failing.map(([check, outcome]) => `${check}: ${String(outcome)}`).join('; ') || 'not ready';
}

function healthPage(states: readonly State[], language: Language, account: Account | undefined): string {
  const t = say(language);
  const row = ({ name, ready, reason }: State): string =>
    `<tr><th scope="row">${name}</th><td class="${ready ? 'good' : 'bad'}">${ready ? t('動いています', 'Ready') : t('動いていません', 'Not ready')}</td><td>${ready ? '' : escapeHtml(reason)}</td></tr>`;
  const down = states.filter(({ ready }) => !ready).length;
  const title =
    down === 0
      ? t('すべて動いています', 'Everything is running')
      : t(`${down}つのサービスが動いていません`, `${down} not ready`);
  return layout({
    language,
    path: '/health',
    account,
    title: `${title} | ${t('つなぐ', 'Tsunagu')}`,
    body: `<h1>${title}</h1><table><thead><tr><th scope="col">${t('サービス', 'Service')}</th><th scope="col">${t('状態', 'State')}</th><th scope="col">${t('理由', 'Reason')}</th></tr></thead><tbody>${states.map(row).join('')}</tbody></table>
<p class="quiet">${t('機械には', 'For machines:')} <a href="/health/ready"><code>/health/ready</code></a></p>`,
  });
}
