import { afterRelease, breaksSinceRelease, root } from './fixtures';
import { differences, read, write } from './folder';

/**
 * `release.js` freezes the contracts as they are: their schemas and examples may only be added to from then on.
 * Refused when something released would break: give what changed its next version instead.
 */
const breaks = breaksSinceRelease();
if (breaks.length > 0) {
  for (const one of breaks) console.error(one);
  console.error('Released contracts do not change: make the next version of what is named above (CONTRIBUTING.md).');
  process.exitCode = 1;
} else {
  const wanted = afterRelease(read(root));
  const changes = differences(wanted, read(root));
  write(root, wanted, changes);
  console.log(`contracts/fixtures: ${wanted.size} files, ${changes.length} changed`);
}
