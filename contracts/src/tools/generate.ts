import { join } from 'node:path';
import { artifacts } from './artifacts';
import { fixtures, root as fixturesRoot, wantedFixtures } from './fixtures';
import { differences, read, write } from './folder';

/**
 * `generate.js` brings contracts/generated and the examples that are not released yet up to date;
 * `generate.js --check` fails when they are not.
 */
const folders = [
  { name: 'generated', root: join(__dirname, '../../generated'), wanted: artifacts(), found: undefined },
  { name: 'fixtures', root: fixturesRoot, wanted: wantedFixtures(), found: fixtures() },
];

for (const { name, root, wanted, found } of folders) {
  const changes = differences(wanted, found ?? read(root, ['openapi/']));
  if (process.argv.includes('--check')) {
    for (const { path, how } of changes) console.error(`contracts/${name}/${path} is ${how}`);
    if (changes.length === 0) console.log(`contracts/${name}: ${wanted.size} files up to date`);
    else {
      console.error('Run `npm run generate` and commit what it changes.');
      process.exitCode = 1;
    }
  } else {
    write(root, wanted, changes);
    console.log(`contracts/${name}: ${wanted.size} files, ${changes.length} changed`);
  }
}
