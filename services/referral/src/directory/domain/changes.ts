/** The fields of `told` that differ from `known`; undefined fields say nothing. Key order does not count. */
export function changesTo<Profile extends object>(known: Profile, told: Partial<Profile>): Partial<Profile> {
  const differing = Object.entries(told).filter(
    ([field, value]) => value !== undefined && canonical(value) !== canonical(known[field as keyof Profile]),
  );
  return Object.fromEntries(differing) as Partial<Profile>;
}

/** The defined fields of `told`. */
export const defined = <Profile extends object>(told: Profile): Profile =>
  Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Profile;

export const isEmpty = (changes: object): boolean => Object.keys(changes).length === 0;

export const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
