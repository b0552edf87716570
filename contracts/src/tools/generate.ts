import { join } from 'node:path';
import { artifacts } from './artifacts';
import { differences, read, write } from './folder';

/** `generate.js` brings contracts/generated up to date; `generate.js --check` fails when it is not. */
const root = join(__dirname, '../../generated');
const wanted = artifacts();
const changes = differences(wanted, read(root, ['openapi/']));

if (process.argv.includes('--check')) {
  for (const { path, how } of changes) console.error(`contracts/generated/${path} is ${how}`);
  if (changes.length > 0) {
    console.error('Run `npm run generate` and commit what it changes.');
    process.exitCode = 1;
  } else console.log(`contracts/generated: ${wanted.size} files up to date`);
} else {
  write(root, wanted, changes);
  console.log(`contracts/generated: ${wanted.size} files, ${changes.length} changed`);
}
