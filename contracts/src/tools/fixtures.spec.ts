import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { catalogue } from '../catalogue';
import { cloudEvent } from '../envelope';
import { afterRelease, breaksSinceRelease, fixtures, tampered } from './fixtures';
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

describe('a release is noticed to be changed', () => {
  const released = afterRelease(new Map());
  const sent = 'referral/referral-sent.v1.json';
  const schema = 'released/events/referral/referral-sent.v1.json';
  const edited = (path: string, text: string) => new Map(released).set(path, text);
  const renamed = (from: string, to: string) => (released.get(schema) ?? '').replaceAll(from, to);

  it('not at all when it was not', () => expect([tampered(released), breaksSinceRelease(released)]).toEqual([[], []]));
  it('when an example is edited', () => expect(tampered(edited(sent, `${released.get(sent)}\n`))).toEqual([sent]));
  it('when an example is taken away', () => {
    const without = new Map([...released].filter(([path]) => path !== sent));
    expect(tampered(without)).toEqual([sent]);
  });
  it('when a schema that readers rely on had a field that is gone', () => {
    const [first] = breaksSinceRelease(edited(schema, renamed('"deadline"', '"answerBy"')));
    expect(first).toMatch(/^referral\/referral-sent\.v1: the new consumer of an old event: \/deadline is required/);
  });
  it('when an event is gone', () => {
    const gone = 'released/events/referral/referral-forgotten.v1.json';
    expect(breaksSinceRelease(edited(gone, renamed('', '')))).toEqual([`${gone} is no longer there`]);
  });
  it('and releasing twice changes nothing', () => expect(afterRelease(released)).toEqual(released));
});
