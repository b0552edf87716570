/**
 * Imported first. oidc-provider warns on Node 20, on which our tests show that it works; that line would be the first
 * thing that anybody sees. Every other warning stays.
 */
const warn = console.warn;
console.warn = (...words: unknown[]): void => {
  if (!String(words[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...words);
};
