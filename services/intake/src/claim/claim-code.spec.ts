import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { claimCodeFor, hashed, matches, newClaimCode, parsed, shown } from './claim-code';

describe('a claim code', () => {
  it('comes back from any way of writing it', () => {
    fc.assert(
      fc.property(fc.constant(0), fc.boolean(), fc.constantFrom('-', ' ', '　', '', '‐', 'ー'), (_, lower, between) => {
        const code = newClaimCode();
        const written = shown(code).replaceAll('-', between);
        expect(parsed(lower ? written.toLowerCase() : written)).toEqual(code);
      }),
    );
  });

  it('has 130 secret bits that the locator does not tell: ten thousand codes share nothing', () => {
    const codes = Array.from({ length: 10_000 }, newClaimCode);
    expect(new Set(codes.map(({ secret }) => secret)).size).toBe(codes.length);
    expect(new Set(codes.map(({ locator }) => locator)).size).toBe(codes.length);
    expect(codes.every(({ secret }) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(secret))).toBe(true);
  });

  it('is the same for the same seed, under the same key only', () => {
    const [key, other] = [randomBytes(32), randomBytes(32)];
    expect(claimCodeFor(key, 'seed')).toEqual(claimCodeFor(key, 'seed'));
    expect(claimCodeFor(other, 'seed')).not.toEqual(claimCodeFor(key, 'seed'));
  });

  it('of another person never opens, nor does a slip of one letter', async () => {
    const mine = newClaimCode();
    const stored = await hashed(mine.secret);
    expect(await matches(mine.secret, stored)).toBe(true);
    const slipped = fc.record({ at: fc.nat(25), to: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ') });
    await fc.assert(
      fc.asyncProperty(slipped, async ({ at, to }) => {
        fc.pre(mine.secret[at] !== to);
        const wrong = mine.secret.slice(0, at) + to + mine.secret.slice(at + 1);
        expect(await matches(wrong, stored)).toBe(false);
        expect(await matches(newClaimCode().secret, stored)).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  it.each(['', 'x', '-'.repeat(36), 'U'.repeat(36), '0'.repeat(35), '0'.repeat(37), '日本'.repeat(18)])(
    '%j is none',
    (typed) => expect(parsed(typed)).toBeUndefined(),
  );
});
