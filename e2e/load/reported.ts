import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { printed, type Section } from './report';

interface Wanted {
  /** File that gets everything as JSON. */
  readonly json?: string | undefined;
  readonly quick?: boolean | undefined;
}

/** Prints each section as soon as it is measured, and how many goals were met at the end. */
export async function reported(measured: AsyncIterable<Section>, { json, quick = false }: Wanted): Promise<void> {
  const sections: Section[] = [];
  for await (const section of measured) {
    sections.push(section);
    process.stdout.write(`${printed(section)}\n`);
  }
  const goals = sections.flatMap((section) => section.goals);
  process.stdout.write(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met\n`);
  if (json === undefined) return;
  const machine = { node: process.version, cpus: cpus().map(({ model }) => model) };
  await writeFile(json, `${JSON.stringify({ machine, quick, sections }, null, 2)}\n`);
}
