import type { Worker } from './worker';

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.7 system-ui, "Noto Sans CJK JP", "Hiragino Sans", sans-serif; }
  body { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin-bottom: 0; }
  label { display: block; margin-top: 1.2rem; font-weight: bold; }
  select, input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; margin-top: .3rem; border: 1px solid #767676; border-radius: .4rem; }
  button { margin-top: 1.6rem; background: #0017c1; color: #fff; border: 0; font-weight: bold; cursor: pointer; }
  :focus-visible { outline: 3px solid #b78f00; outline-offset: 2px; }
  .problem { border-left: .4rem solid #ce0000; padding: .4rem 1rem; margin-top: 1.2rem; }
  .quiet { opacity: .8; font-size: .9rem; margin-top: 0; }
`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

const PROBLEMS = {
  wrong:
    'パスワードがちがいます。もう一度入力してください。<br><span lang="en">The password is not right. Please try again.</span>',
  'too-many':
    '入力の回数が多すぎます。1分待ってから、もう一度お試しください。<br><span lang="en">Too many tries. Wait a minute, then try again.</span>',
};

export function signInPage(workers: readonly Worker[], problem?: keyof typeof PROBLEMS, chosen?: string): string {
  const option = ({ user, name, agencyName, roles }: Worker): string =>
    `<option value="${escape(user)}"${user === chosen ? ' selected' : ''}>${escape([name, agencyName ?? roles.join(' ')].join(' ・ '))} (${escape(user)})</option>`;
  return page(
    'サインイン | つなぐ',
    `<h1>サインイン</h1><p class="quiet" lang="en">Sign in</p>
    ${problem ? `<p class="problem" role="alert" id="problem">${PROBLEMS[problem]}</p>` : ''}
    <form method="post">
      <label for="worker">あなたは <span class="quiet" lang="en">Who you are</span></label>
      <select id="worker" name="worker" required>${workers.map(option).join('')}</select>
      <label for="password">パスワード <span class="quiet" lang="en">Password</span></label>
      <input id="password" name="password" type="password" required autofocus autocomplete="current-password"${problem ? ' aria-describedby="problem" aria-invalid="true"' : ''}>
      <p class="quiet">見本の町のパスワードは、起動した画面（<code>npm start</code>）に表示されています。<br>
      <span lang="en">The sample town's password is printed by <code>npm start</code>.</span></p>
      <button>サインインする / Sign in</button>
    </form>`,
  );
}

export const errorPage = (code: string): string =>
  page(
    'サインインできませんでした | つなぐ',
    `<h1>サインインできませんでした</h1>
    <p>時間がたちすぎたか、別の画面でやり直されたようです。<a href="/signin">もう一度サインインする</a></p>
    <p lang="en">Signing in did not work: it took too long, or was started again elsewhere. <a href="/signin">Try again</a></p>
    <p class="quiet"><code>${escape(code)}</code></p>`,
  );
