/** Gets the broker's jars from Maven Central, once; prints where they are. */
import { fetchJars } from '../broker.mjs';

try {
  process.stdout.write(`${await fetchJars()}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
