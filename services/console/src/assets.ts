/** Colours and focus ring after the Japanese Digital Agency's design system; contrast at least 4.5:1 in both schemes. */
const frame = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1a1a1c; --quiet: #595959; --line: #d9d9d9; --wash: #f5f7fb;
  --key: #0017c1; --on-key: #ffffff; --good: #197a4b; --bad: #ce0000;
  font: 1rem/1.75 "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #16171a; --ink: #f0f0f2; --quiet: #b3b3b8; --line: #44464d; --wash: #1f2126;
    --key: #9db7f9; --on-key: #10131c; --good: #71c598; --bad: #ff9c8b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); }
a { color: var(--key); text-underline-offset: .2em; }
:focus-visible { outline: 4px solid #000; outline-offset: 2px; box-shadow: 0 0 0 2px #ffd43d; border-radius: .25rem; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
header, main { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; padding-top: 1rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
.name { display: inline-flex; gap: .5rem; align-items: center; font-size: 1.25rem; font-weight: 700; color: inherit; text-decoration: none; }
.name small { font-size: .875rem; font-weight: 400; color: var(--quiet); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
nav form { display: flex; gap: .75rem; align-items: center; margin: 0; }
.who { font-weight: 700; }
header button, .button { display: inline-block; font: inherit; font-weight: 700; padding: .35rem 1.1rem; border-radius: .5rem; border: 1px solid var(--key); cursor: pointer; text-decoration: none; }
.button { background: var(--key); color: var(--on-key); }
header button { background: transparent; color: var(--key); }
`;

const content = `
main { padding-top: 2rem; padding-bottom: 4rem; }
h1 { font-size: clamp(1.6rem, 4vw, 2.25rem); line-height: 1.4; margin: 0 0 1rem; word-break: auto-phrase; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; }
.lead { font-size: 1.125rem; max-width: 46rem; }
.quiet { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; padding: 0; margin: 1.75rem 0 0; list-style: none; }
.cards li { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; background: var(--wash); }
.cards a { font-weight: 700; font-size: 1.0625rem; }
.cards p { margin: .25rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 700; }
thead th { color: var(--quiet); font-weight: 400; font-size: .9rem; }
code { font-family: ui-monospace, "Cascadia Code", Menlo, monospace; font-size: .9em; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; overflow-x: auto; line-height: 1.5; }
.good { color: var(--good); font-weight: 700; }
.bad { color: var(--bad); font-weight: 700; }
`;

export const consoleStyles = frame + content;

/** Swagger UI brings its own look, for light screens; ours stops at the header. */
export const explorerStyles = `${frame}
:root { color-scheme: light; --paper: #ffffff; --ink: #1a1a1c; --quiet: #595959; --line: #d9d9d9; --key: #0017c1; --on-key: #ffffff; }
header, main { max-width: 90rem; }
.swagger-ui .topbar { background: #f5f7fb; padding: .25rem 0; }
.swagger-ui .topbar .link, .swagger-ui .topbar .dark-mode-toggle { display: none; }
.swagger-ui .topbar .download-url-wrapper { justify-content: flex-start; flex: 0 1 30rem; }
.swagger-ui .topbar .download-url-wrapper .select-label { max-width: none; white-space: nowrap; color: #1a1a1c; font-size: .9rem; margin: 0; }
.swagger-ui .topbar .download-url-wrapper .select-label span { padding: 0 .75rem 0 0; }
.swagger-ui .topbar .download-url-wrapper select { border: 1px solid #767676; }
.swagger-ui .info { margin: 1.5rem 0; }
.swagger-ui .scheme-container { padding: .75rem 0; box-shadow: none; margin-bottom: .5rem; }
`;

/** Two rings, linked. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke-width="4"><circle cx="12" cy="13" r="8" stroke="#3460fb"/><circle cx="20" cy="19" r="8" stroke="#259d63"/><path d="M18.9 9A8 8 0 0 1 20 13" stroke="#3460fb"/></g></svg>`;
