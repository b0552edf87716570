import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { catalogue } from '../catalogue';
import { cloudEvent } from '../envelope';
import { breaksSinceRelease, fixtures, tampered } from './fixtures';
import { eventContracts, eventPath } from './schemas';

const ajv = addFormats(new Ajv({ strict: false }));
const golden = fixtures();
const parsed = (path: string): unknown => JSON.parse(golden.get(path) ?? 'null');

describe('every event on the bus has a golden example', () => {
  const paths = catalogue.map((event) => [`${eventPath(event)}.json`, event] as const);

  it.each(paths)('%s reads as it was written', (path, event) => {
    const envelope = cloudEvent.parse(parsed(path));
    expect(envelope).toEqual(parsed(path));
    expect(envelope.type).toBe(event.type);
    expect(event.schema.parse(envelope.data)).toEqual(envelope.data);
  });

  it.each(paths)('%s keeps its wire form, byte for byte', (path) => {
    expect(`${JSON.stringify(cloudEvent.parse(parsed(path)), null, 2)}\n`).toBe(golden.get(path));
  });

  it('and no example is left of an event that is gone', () => {
    expect([...golden.keys()].sort()).toEqual(paths.map(([path]) => path).sort());
  });

  it('that satisfies the published JSON Schema', () => {
    const wrong = eventContracts().filter(({ name, produced }) => {
      const data = cloudEvent.parse(parsed(`${name}.json`)).data;
      return !ajv.validate(produced as object, data);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('what was released stays as it was', () => {
  it('no released example or schema was edited', () => expect(tampered()).toEqual([]));
  it('and nothing that relies on it breaks', () => expect(breaksSinceRelease()).toEqual([]));
});
