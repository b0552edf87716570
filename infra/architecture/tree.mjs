import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { cruise } from 'dependency-cruiser';
import prettier from 'prettier';

/** Promises about the tree as a whole. Each is `(root) => what breaks it`, so that a fixture is simply another root. */

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);
const TOP = new Set([
  ...['contracts', 'libs', 'services', 'infra', 'e2e', 'docs'],
  ...['package.json', 'package-lock.json', 'nx.json', 'tsconfig.base.json', 'tsconfig.json', 'tsconfig.spec.json'],
  ...['jest.config.mjs', 'eslint.config.mjs', 'README.md', 'README.ja.md', 'LICENSE', 'CONTRIBUTING.md'],
]);
const PACKAGES = [/^contracts$/, /^e2e$/, /^(libs|services|infra)\/[^/]+$/];

function filesUnder(root, folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const skipped = NOT_OURS.has(entry.name) || entry.name.startsWith('.') || path.endsWith('architecture/fixtures');
      return skipped && entry.name !== '.ci' ? [] : filesUnder(root, path);
    }
    return [relative(root, path).split(sep).join('/')];
  });
}

function layout(root) {
  return readdirSync(root)
    .filter((name) => !name.startsWith('.') && !NOT_OURS.has(name) && !TOP.has(name))
    .map((name) => `${name} has no place at the top level`);
}

function everyDomainHasASpec(root) {
  const files = filesUnder(root);
  const domains = new Set(files.flatMap((file) => /^(services\/.*\/domain)\/[^/]+\.ts$/.exec(file)?.[1] ?? []));
  return [...domains]
    .filter((domain) => !files.some((file) => file.startsWith(`${domain}/`) && file.endsWith('.spec.ts')))
    .map((domain) => `${domain} has no spec`);
}

/** Spelled apart so that this file does not name them. */
const MACHINE_PATHS = new RegExp(`(^|[^\\w.])/(${'work'}(/|\\b)|${'root'}/|${'tmp'}/bash_jobs)`);
const REGISTRIES = /https?:\/\/[\w.-]*(registry|mirror|artifact|npm)[\w.-]*/i;
const SIBLINGS = new RegExp(`\\.\\./${'shared'}/`);
const MAY_READ_SIBLINGS = /\.spec\.ts$|^e2e\//;

function nothingOutsideIsNamed(root) {
  return filesUnder(root)
    .filter((file) => !/\.(png|ico|woff2?|zip|gz)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      if (file === 'package-lock.json') {
        return /"resolved": "https?:/.test(text) ? [`${file} names a registry host (see .npmrc)`] : [];
      }
      return text.split('\n').flatMap((line, n) => {
        const named =
          MACHINE_PATHS.test(line) || REGISTRIES.test(line) || (SIBLINGS.test(line) && !MAY_READ_SIBLINGS.test(file));
        return named ? [`${file}:${n + 1} names something outside the repository`] : [];
      });
    });
}

function everyPackageIsChecked(root) {
  const packages = filesUnder(root)
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => file.slice(0, -'/package.json'.length))
    .filter((folder) => PACKAGES.some((pattern) => pattern.test(folder)));
  return ['tsconfig.json', 'tsconfig.spec.json'].flatMap((config) => {
    const { references } = JSON.parse(readFileSync(join(root, config), 'utf8'));
    const referenced = new Set(references.map(({ path }) => path.replace(/^\.\//, '')));
    return packages
      .filter((folder) => !referenced.has(folder))
      .map((folder) => `${config} does not reference ${folder}`);
  });
}

const RELEASED = 'infra/local/fixtures/released';

/** What was released has run somewhere: it is not run again, so a change to it would never arrive there. */
function releasedMigrationsStay(root) {
  const versions = existsSync(join(root, RELEASED)) ? readdirSync(join(root, RELEASED)) : [];
  return versions.flatMap((version) => {
    const hashes = JSON.parse(readFileSync(join(root, RELEASED, version, 'migrations.json'), 'utf8'));
    return Object.entries(hashes).flatMap(([file, released]) => {
      if (!existsSync(join(root, file))) return [`${file} was released with ${version} and is gone`];
      const now = createHash('sha256')
        .update(readFileSync(join(root, file)))
        .digest('hex');
      return now === released ? [] : [`${file} was released with ${version} and has changed: add another migration`];
    });
  });
}

async function noCycles(root) {
  const folders = ['contracts', 'libs', 'services', 'infra', 'e2e'].filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(
    folders,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: [{ name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } }] },
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '(^|/)(node_modules|dist|architecture)/|\\.spec\\.ts$|\\.mjs$' },
      tsPreCompilationDeps: true,
    },
    {
      conditionNames: ['@tsunagu/source', 'node', 'require', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
    },
  );
  return output.summary.violations.map(
    ({ from, cycle }) => `${[from, ...(cycle ?? []).map((step) => step.name ?? step)].join(' → ')}`,
  );
}

async function formatted(root) {
  const ignorePath = join(root, '.prettierignore');
  const checked = filesUnder(root).map(async (file) => {
    const path = join(root, file);
    const { ignored, inferredParser } = await prettier.getFileInfo(path, { ignorePath });
    if (ignored || !inferredParser) return [];
    const options = { ...(await prettier.resolveConfig(path, { editorconfig: true })), filepath: path };
    return (await prettier.check(readFileSync(path, 'utf8'), options))
      ? []
      : [`${file} is not formatted (npm run format)`];
  });
  return (await Promise.all(checked)).flat();
}

export const treeRules = {
  layout,
  'every-domain-has-a-spec': everyDomainHasASpec,
  'nothing-outside-is-named': nothingOutsideIsNamed,
  'every-package-is-checked': everyPackageIsChecked,
  'released-migrations-stay': releasedMigrationsStay,
  'no-cycles': noCycles,
  formatted,
};
