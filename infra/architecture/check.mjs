/**
 * `npm run check:architecture`: the tree keeps the promises of docs/adr and CONTRIBUTING.md, and each promise's check
 * really fails on a fixture that breaks it. A check that cannot fail is a defect.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { treeRules } from './tree.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const foldersIn = (path) => readdirSync(path).sort();

/** A lint fixture says in its first two lines where it pretends to be and which rule must report it. */
function lintFixtures() {
  return foldersIn(join(fixtures, 'lint')).flatMap((folder) =>
    foldersIn(join(fixtures, 'lint', folder)).map((name) => {
      const code = readFileSync(join(fixtures, 'lint', folder, name), 'utf8');
      const [, at, breaks] = /^\/\/ at: (.+)\n\/\/ breaks: (.+)\n/.exec(code) ?? [];
      if (!at || !breaks) throw new Error(`${folder}/${name} does not say where it stands and what it breaks`);
      return { folder, name, code, at, breaks };
    }),
  );
}

async function judgeLintFixtures() {
  const all = lintFixtures();
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: {
        parserOptions: {
          project: null,
          // Most of the places that the fixtures pretend to be at do not exist.
          projectService: {
            allowDefaultProject: [...new Set(all.map(({ at }) => at))].filter((at) => !existsSync(join(root, at))),
            maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: all.length,
          },
        },
      },
    },
  });
  const judged = [];
  for (const { folder, name, code, at, breaks } of all) {
    const [result] = await eslint.lintText(code, { filePath: join(root, at) });
    const reported = (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
    judged.push({
      rule: folder,
      fixture: name,
      caught: reported.includes(breaks),
      instead: reported.join(', ') || 'nothing',
    });
  }
  return judged;
}

async function judgeTreeFixtures() {
  const judged = [];
  for (const [rule, check] of Object.entries(treeRules)) {
    for (const name of foldersIn(join(fixtures, 'tree', rule))) {
      const broken = await check(join(fixtures, 'tree', rule, name));
      judged.push({ rule, fixture: `${name}/`, caught: broken.length > 0, instead: 'nothing' });
    }
  }
  return judged;
}

/** Every rule of the house plugin has a fixture; one without is no rule. */
async function rulesWithoutFixture(judged) {
  const { default: house } = await import('./rules.mjs');
  const proven = new Set(judged.map(({ rule }) => rule));
  return Object.keys(house.rules)
    .filter((rule) => !proven.has(rule))
    .map((rule) => ({ rule, fixture: '(none)', caught: false, instead: 'no fixture' }));
}

async function violations() {
  const found = [];
  for (const [rule, check] of Object.entries(treeRules)) {
    found.push(...(await check(root)).map((what) => `${rule}: ${what}`));
  }
  return found;
}

const started = Date.now();
const judged = [...(await judgeLintFixtures()), ...(await judgeTreeFixtures())];
judged.push(...(await rulesWithoutFixture(judged)));
for (const { rule, fixture, caught, instead } of judged) {
  console.log(
    `${caught ? 'caught' : 'MISSED'}  ${rule.padEnd(28)} ${fixture}${caught ? '' : `  (reported: ${instead})`}`,
  );
}
const missed = judged.filter(({ caught }) => !caught).length;
const found = await violations();
for (const what of found) console.error(`broken  ${what}`);
console.log(
  `architecture: ${judged.length - missed} of ${judged.length} fixtures caught, ${found.length} violations in the tree (${((Date.now() - started) / 1000).toFixed(1)} s)`,
);
process.exitCode = missed + found.length > 0 ? 1 : 0;
