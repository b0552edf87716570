import type { FastifyInstance } from 'fastify';
import { type Role, roles } from '@tsunagu/contracts';
import { consoleStyles, explorerStyles, icon } from './assets';
import type { ConsoleConfig } from './config';
import { layout } from './pages';
import type { Account, Sessions } from './sessions';
import { escapeHtml, type Language, languageOf, say } from './text';

const AN_HOUR = 'public, max-age=3600';

/** The start page: what this is, where to go, who can sign in. */
export function landing(app: FastifyInstance, config: ConsoleConfig, sessions: Sessions): void {
  app.get<{ Querystring: { lang?: string } }>('/', async (request, reply) => {
    const account = (await sessions.current(request, reply))?.account;
    return reply.type('text/html; charset=utf-8').send(startPage(config, languageOf(request.query.lang), account));
  });
  for (const [name, styles] of Object.entries({ console: consoleStyles, explorer: explorerStyles })) {
    app.get(`/assets/${name}.css`, async (_, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', AN_HOUR).send(styles),
    );
  }
  app.get('/assets/icon.svg', async (_, reply) =>
    reply.type('image/svg+xml').header('cache-control', AN_HOUR).send(icon),
  );
  app.get('/favicon.ico', async (_, reply) => reply.redirect('/assets/icon.svg', 301));
}

function startPage(config: ConsoleConfig, language: Language, account: Account | undefined): string {
  const t = say(language);
  return layout({
    language,
    path: '/',
    account,
    title: t('つなぐ | ひとりの支援を、みんなで', 'Tsunagu | support one person together'),
    body: `
<h1>${t('ひとりの人を、たくさんの機関で、いっしょに支える', 'Many agencies support one person together')}</h1>
<p class="lead">${t(
      'つなぐは、相談から見守りまでの支援の歩みを、機関をこえて記録します。情報がわたるのは、本人の同意があるときだけです。同意はいつでも取り消せて、だれが何を見たかを、本人がたしかめられます。',
      'Tsunagu keeps the history of a person’s journey across agencies, from the first consultation to follow-up. Information is passed on only under that person’s consent, which can be withdrawn at any time; and the person can see who looked at what.',
    )}</p>
${cards(language)}
${signInSection(config, language)}
${firstCalls(config, language)}`,
  });
}

function cards(language: Language): string {
  const t = say(language);
  const card = (href: string, title: string, text: string): string =>
    `<li><a href="${href}">${title}</a><p>${text}</p></li>`;
  return `<ul class="cards">
${card('/explorer', t('APIを試す', 'API explorer'), t('すべてのサービスのAPIを、画面から呼び出せます。', 'Every service’s API, to read and to call.'))}
${card('/signin', t('サインイン', 'Sign in'), t('見本の町の相談員として試せます。', 'As a worker of the sample town.'))}
${card(language === 'en' ? '/health?lang=en' : '/health', t('動作状況', 'Health'), t('サービスがいま動いているかを見られます。', 'Whether each service is up.'))}
</ul>`;
}

function signInSection({ sampleWorkers }: ConsoleConfig, language: Language): string {
  if (sampleWorkers.length === 0) return '';
  const t = say(language);
  const roleName = (role: string): string => roles.labels[role as Role]?.[language] ?? role;
  const row = ({ user, name, agencyName, roles: held }: ConsoleConfig['sampleWorkers'][number]): string =>
    `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(agencyName ?? t('（機関に属さない）', '(no agency)'))}</td><td>${escapeHtml(held.map(roleName).join('、'))}</td><td><code>${escapeHtml(user)}</code></td></tr>`;
  return `<h2>${t('見本の町「つむぎ市」でサインインできる人', 'Who can sign in to Tsumugi, the sample town')}</h2>
<p>${t('町も人も架空です。パスワードは、起動した画面（<code>npm start</code>）に表示されています。', 'The town and its people are fictional. <code>npm start</code> prints the password.')}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${t('サインインできる人', 'Who can sign in')}"><table>
<thead><tr><th scope="col">${t('名前', 'Name')}</th><th scope="col">${t('機関', 'Agency')}</th><th scope="col">${t('役割', 'Role')}</th><th scope="col">ID</th></tr></thead>
<tbody>${sampleWorkers.map(row).join('')}</tbody></table></div>`;
}

function firstCalls({ publicUrl }: ConsoleConfig, language: Language): string {
  const t = say(language);
  return `<h2>${t('はじめの呼び出し', 'A first call')}</h2>
<p>${t('名前もアカウントもなしで相談できます。返事の <code>claimCode</code> は一度だけ表示され、これで続きを読めます。', 'Anybody may ask for help without a name or an account. The answer shows a <code>claimCode</code>, once: with it the person comes back.')}</p>
<pre><code>curl ${publicUrl}/api/intake/consultations -H 'content-type: application/json' \\
  -d '{"channel":"web","language":"${language}","message":"${t('夜になると、話す人がいなくてつらいです。', 'Nights are hard. I have nobody to talk to.')}"}'</code></pre>
<p>${t('相談員として呼び出すには、トークンを使います。', 'As a worker, send a token.')}</p>
<pre><code>TOKEN=$(npm run --silent token -- aoi)
curl ${publicUrl}/api/intake/consultations -H "authorization: Bearer $TOKEN"</code></pre>`;
}
