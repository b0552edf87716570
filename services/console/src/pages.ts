import type { Account } from './sessions';
import { escapeHtml, type Language, say } from './text';

export interface Page {
  readonly language: Language;
  readonly title: string;
  /** Path of this page, for the language switch. */
  readonly path: string;
  readonly account?: Account | undefined;
  /** HTML. */
  readonly body: string;
  /** HTML of the head; instead of the usual stylesheet. */
  readonly head?: string;
}

/** The frame of every page of the console. */
export function layout({ language, title, path, account, body, head }: Page): string {
  const t = say(language);
  const [other, otherName] = language === 'ja' ? ['en', 'English'] : ['ja', '日本語'];
  const home = language === 'ja' ? '/' : '/?lang=en';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${head ?? '<link rel="stylesheet" href="/assets/console.css">'}
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">${t('本文へ', 'Skip to content')}</a>
<header>
  <a class="name" href="${home}"><img src="/assets/icon.svg" alt="" width="32" height="32"> つなぐ <small>Tsunagu</small></a>
  <nav aria-label="${t('メニュー', 'Menu')}">
    <a href="/explorer">${t('APIを試す', 'API explorer')}</a>
    <a href="/health${language === 'en' ? '?lang=en' : ''}">${t('動作状況', 'Health')}</a>
    <a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${otherName}</a>
    ${signedIn(account, language)}
  </nav>
</header>
<main id="main">${body}</main>
</body>
</html>`;
}

function signedIn(account: Account | undefined, language: Language): string {
  const t = say(language);
  if (!account) return `<a class="button" href="/signin">${t('サインイン', 'Sign in')}</a>`;
  return `<form method="post" action="/signout"><span class="who">${escapeHtml(account.name)}</span>
    <button>${t('サインアウト', 'Sign out')}</button></form>`;
}

const MESSAGES = {
  unavailable: [
    'いまはサインインできません',
    'サインインの窓口がまだ動いていません。少し待ってから、もう一度お試しください。',
    'Signing in is not possible right now. Wait a moment, then try again.',
  ],
  'too-late': [
    'サインインできませんでした',
    '時間がたちすぎたか、別の画面でやり直されたようです。もう一度お試しください。',
    'It took too long, or was started again elsewhere. Please try again.',
  ],
  refused: [
    'サインインできませんでした',
    'サインインが取り消されたか、確認できませんでした。もう一度お試しください。',
    'Signing in was cancelled or could not be checked. Please try again.',
  ],
  'too-large': [
    'サインインできませんでした',
    'サインインの窓口から届いた情報が大きすぎます。管理者に、トークンに入れる項目を減らすよう伝えてください。',
    'The sign-in provider sent more than a browser keeps. Ask your administrator to put fewer claims into its tokens.',
  ],
  elsewhere: [
    'この操作は受け付けられません',
    'ほかのサイトから送られた操作です。このサイトの画面から行ってください。',
    'Another site sent this. Please do it on this site.',
  ],
} as const;

export function messagePage(message: keyof typeof MESSAGES): string {
  const [title, ja, en] = MESSAGES[message];
  const body = `<h1>${title}</h1><p>${ja}</p><p lang="en">${en}</p>
    <p><a class="button" href="/signin">もう一度 / Try again</a> <a href="/">はじめの画面へ / Start page</a></p>`;
  return layout({ language: 'ja', title: `${title} | つなぐ`, path: '/', body });
}
