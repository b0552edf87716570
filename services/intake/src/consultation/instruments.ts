// eslint-disable-next-line house/services-keep-no-files -- reads what ships with the code, and writes nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrument } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import { defectsOf } from './domain/scoring';

/**
 * Every instrument in the folder; a new file is a new instrument, a new version stands beside the old.
 * @throws Error that names the file when one is no sound instrument
 */
export function readInstruments(folder = join(__dirname, 'domain', 'instruments')): readonly Instrument[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const instrument = Instrument.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      const defects = defectsOf(instrument);
      if (defects.length > 0) throw new Error(`${name}: ${defects.join('; ')}`);
      return instrument;
    });
}

/** @throws Rejection naming the field when there is no such instrument or version */
export function instrumentOf(known: readonly Instrument[], id: string, version: string | undefined): Instrument {
  const versions = known.filter((instrument) => instrument.id === id).sort((a, b) => compare(a.version, b.version));
  const latest = versions.at(-1);
  if (!latest) {
    throw new Rejection(
      'instrument-unknown',
      'There is no such instrument. GET /instruments lists them.',
      'instrument',
    );
  }
  const chosen = version === undefined ? latest : versions.find((instrument) => instrument.version === version);
  if (!chosen) {
    const codes = versions.map((instrument) => instrument.version).join(', ');
    throw new Rejection('instrument-version-unknown', `This instrument has the versions ${codes}.`, 'version');
  }
  return chosen;
}

const compare = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
