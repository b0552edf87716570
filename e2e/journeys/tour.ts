import { parseArgs } from 'node:util';
import { startProduct, temporaryData, token } from '../support/product';
import { NotAsPromised, printing } from './narrator';
import { playStory } from './story';

const USAGE = `npm run tour [-- --url http://localhost:8080]
Plays one journey through the public HTTP API. Without --url it uses the product on PORT (8080), or starts one of its own.`;

/** `npm run tour`: exits 0 when every step was as promised, 1 when one was not, 2 when it could not be played. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string' }, help: { type: 'boolean' } } });
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (values.help) return write(USAGE);
  const narrator = printing(write);
  const given = values.url ?? (await running(`http://localhost:${process.env['PORT'] ?? '8080'}`));
  if (given !== undefined) {
    write(`Touring ${given}`);
    await playStory(given.replace(/\/$/, ''), (worker) => token(worker, process.env), narrator);
  } else {
    write('Nothing is running here: starting a town of its own for the tour…');
    const product = await startProduct({ data: await temporaryData() });
    try {
      await playStory(product.url, product.token, narrator);
    } finally {
      await product.stop();
    }
  }
  write(`\nEvery one of ${narrator.steps()} steps was as promised.`);
}

async function running(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  return answer?.status === 200 ? url : undefined;
}

main().catch((error: unknown) => {
  const known = error instanceof NotAsPromised;
  process.stderr.write(
    `\n${known ? 'Not as promised' : 'The tour could not be played'}: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = known ? 1 : 2;
});
