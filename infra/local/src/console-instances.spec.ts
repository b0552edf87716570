import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Front, newKey, startFront } from './front.fixtures';

const MINUTE_MS = 60_000;
const key = newKey();

let folder: string;
let front: Front;
let second: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-front-'));
  front = await startFront([key], join(folder, 'sign-ins.json'));
  second = await front.instance();
});

afterEach(async () => {
  jest.useRealTimers();
  await front.close();
  rmSync(folder, { recursive: true });
});

/** Moves the time for the consoles and the provider; every timer goes on as it is. */
function advance(milliseconds: number): void {
  const now = Date.now() + milliseconds;
  const timers = [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
  ] as const;
  jest.useFakeTimers({ now, doNotFake: [...timers, 'nextTick', 'queueMicrotask', 'performance', 'hrtime'] });
}

const who = async (browser: Browser, at?: string): Promise<unknown> => {
  const { status, text } = await browser.go('/me', at === undefined ? {} : { at });
  return status === 200 ? (JSON.parse(text) as { user: string }).user : status;
};

const calledAs = async (browser: Browser, at?: string): Promise<unknown> =>
  (JSON.parse((await browser.go('/api/intake/x', at === undefined ? {} : { at })).text) as { sub?: string }).sub;

describe('a session is good at every instance of the console', () => {
  it('that has the key', async () => {
    const browser = await front.signedIn();
    expect([await who(browser), await who(browser, second)]).toEqual(['aoi', 'aoi']);
    expect(await calledAs(browser, second)).toBe('aoi');
  });

  it('and over a restart of console and provider', async () => {
    const browser = await front.signedIn();
    await front.restart();
    expect(await who(browser)).toBe('aoi');
    advance(6 * MINUTE_MS);
    expect(await calledAs(browser)).toBe('aoi');
  });

  it('while one key follows another', async () => {
    const browser = await front.signedIn();
    const next = newKey();
    expect(await who(browser, await front.instance([next, key]))).toBe('aoi');
    expect(await who(browser, await front.instance([next]))).toBe(401);
  });
});

describe('a cookie that we did not write', () => {
  const changes: readonly [string, (cookie: string) => string][] = [
    [
      'changed in one place',
      (cookie) => cookie.slice(0, -30) + (cookie.at(-30) === 'A' ? 'B' : 'A') + cookie.slice(-29),
    ],
    ['cut short', (cookie) => cookie.slice(0, -30)],
    ['of no sense', () => '%E0%A4%A'],
  ];

  it.each(changes)('%s: nobody is signed in, and nothing breaks', async (_, change) => {
    const browser = await front.signedIn();
    browser.cookies.set('tsunagu', change(browser.cookies.get('tsunagu') ?? ''));
    expect(await who(browser)).toBe(401);
    expect((await browser.go('/')).status).toBe(200);
    expect(await calledAs(browser)).toBeUndefined();
  });

  it('nor does what a sign-in in progress left count as one', async () => {
    const browser = front.browser();
    await browser.go('/signin');
    browser.cookies.set('tsunagu', browser.cookies.get('tsunagu-signin') ?? '');
    expect(await who(browser)).toBe(401);
  });
});

describe('a token that is about to expire is renewed', () => {
  it('by two instances at the same moment, and neither signs anybody out', async () => {
    const browser = await front.signedIn();
    const otherTab = browser.copy();
    advance(4.6 * MINUTE_MS);
    expect(await Promise.all([calledAs(browser), calledAs(otherTab, second)])).toEqual(['aoi', 'aoi']);
    advance(3 * MINUTE_MS);
    expect(await Promise.all([calledAs(browser), calledAs(otherTab)])).toEqual(['aoi', 'aoi']);
  });

  it('until twelve hours after signing in', async () => {
    const browser = await front.signedIn();
    for (let hour = 0; hour < 11; hour += 1) {
      advance(60 * MINUTE_MS);
      expect(await who(browser)).toBe('aoi');
    }
    advance(61 * MINUTE_MS);
    expect(await who(browser)).toBe(401);
  });
});

describe('signing out', () => {
  it('takes the session from the browser, at whichever instance', async () => {
    const browser = await front.signedIn();
    await browser.go('/signout', { form: {}, headers: { origin: front.origin }, at: second });
    expect([await who(browser), await who(browser, second)]).toEqual([401, 401]);
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('tsunagu'))).toEqual([]);
  });

  it('ends what somebody copied out before within five minutes: it cannot be renewed', async () => {
    const browser = await front.signedIn();
    const thief = browser.copy();
    await browser.go('/signout', { form: {}, headers: { origin: front.origin } });
    advance(4.6 * MINUTE_MS);
    expect(await who(thief, second)).toBe('aoi');
    expect(thief.setCookies).toEqual([]);
    advance(0.5 * MINUTE_MS);
    expect([await who(thief), await who(thief, second)]).toEqual([401, 401]);
  });
});
