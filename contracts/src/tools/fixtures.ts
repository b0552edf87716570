import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { catalogue } from '../catalogue';
import { json, pathOf } from './artifacts';
import { type Break, type Contract, eventBreaks, requestBreaks, responseBreaks } from './compatibility';
import { fixtureOf } from './fixture';
import { type Difference, differences, read } from './folder';
import { type ContractKind, eventContracts, eventPath, httpContracts, type NamedContract } from './schemas';

/**
 * contracts/fixtures: `<service>/<event>.json` are golden examples, `released/` the schemas as they were released, and
 * CHECKSUMS names everything that may never change again.
 */
export const root = join(__dirname, '../../fixtures');
const CHECKSUMS = 'CHECKSUMS';
const RELEASED = 'released/';

/** Path below the folder → text. */
type Files = ReadonlyMap<string, string>;

export const fixtures = (): Files => {
  const all = read(root, [RELEASED]);
  return new Map([...all].filter(([path]) => path.endsWith('.json')));
};

const released = (): ReadonlySet<string> =>
  new Set(
    (read(root).get(CHECKSUMS) ?? '')
      .split('\n')
      .map((line) => line.split('  ')[1] ?? '')
      .filter((path) => path !== ''),
  );

/** One example per event: released ones as they are, the others made from the source. */
export function wantedFixtures(): Files {
  const existing = fixtures();
  const frozen = released();
  const schemas = new Map(eventContracts().map(({ name, produced }) => [name, produced]));
  return new Map(
    catalogue.map((event): [string, string] => {
      const path = `${eventPath(event)}.json`;
      const kept = frozen.has(path) ? existing.get(path) : undefined;
      return [path, kept ?? json(fixtureOf(event, schemas.get(eventPath(event)) ?? false))];
    }),
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `sha256sum -c` understands it. */
const checksums = (files: Files): string =>
  [...files]
    .filter(([path]) => path !== CHECKSUMS)
    .map(([path, text]) => `${sha256(text)}  ${path}\n`)
    .join('');

/** Released files that were edited or taken away. */
export function tampered(files: Files = read(root)): readonly string[] {
  const lines = (files.get(CHECKSUMS) ?? '').split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [sum = '', path = ''] = line.split('  ');
    return sha256(files.get(path) ?? '') === sum ? [] : [path];
  });
}

const current = (): readonly NamedContract[] => [...eventContracts(), ...httpContracts()];

const releasedPath = (contract: NamedContract): string => `${RELEASED}${pathOf(contract)}`;

/** Both sides of every contract, as a release keeps them. */
const releasable = (): Files =>
  new Map(current().map((one) => [releasedPath(one), json({ produced: one.produced, accepted: one.accepted })]));

/** What the folder holds after a release: everything it held, what is new, and the checksums of all. */
export function afterRelease(files: Files): Files {
  const kept = new Map([...files, ...wantedFixtures(), ...releasable()].sort(([a], [b]) => (a < b ? -1 : 1)));
  return kept.set(CHECKSUMS, checksums(kept));
}

const JUDGES: { readonly [Kind in ContractKind]: (released: Contract, current: Contract) => readonly Break[] } = {
  event: eventBreaks,
  request: requestBreaks,
  response: responseBreaks,
};

/** What the current contracts break of the released ones, one sentence each. */
export function breaksSinceRelease(files: Files = read(root)): readonly string[] {
  const before = new Map([...files].filter(([path]) => path.startsWith(RELEASED)));
  const now = releasable();
  const gone = differences(now, before).filter(({ how }) => how === 'left over');
  const broken = current().flatMap((contract) => {
    const old = before.get(releasedPath(contract));
    return old === undefined
      ? []
      : JUDGES[contract.kind](JSON.parse(old) as Contract, contract).map(sentence(contract));
  });
  return [...gone.map(({ path }: Difference) => `${path} is no longer there`), ...broken];
}

const sentence =
  ({ name }: NamedContract) =>
  ({ who, path, message }: Break): string =>
    `${name}: ${who}: ${path || '(whole)'} ${message}`;
