import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Where the broker of this machine keeps its storage and its log. */
export const folder = resolve(root, process.env.TSUNAGU_DATA ?? '.tsunagu', 'kafka');
