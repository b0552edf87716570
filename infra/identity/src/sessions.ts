import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  readonly expires: number;
}

/** Beyond this many, the oldest go first: nobody can fill the memory by beginning sign-ins. */
const LIMIT = 10_000;

/**
 * What the provider remembers between requests, in memory and bounded. After a restart everybody signs in again;
 * access tokens, being signed, stay good until they expire.
 */
export function sessionsInMemory(): (model: string) => Adapter {
  const kept = new Map<string, Kept>();
  return (model) => memory(kept, model);
}

function memory(kept: Map<string, Kept>, model: string): Adapter {
  const keyOf = (id: string): string => `${model}:${id}`;
  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const entry = kept.get(keyOf(id));
    return entry && entry.expires > Date.now() ? entry.payload : undefined;
  };
  const findWhere = async (fits: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> =>
    [...kept].find(
      ([key, { payload, expires }]) => key.startsWith(keyOf('')) && expires > Date.now() && fits(payload),
    )?.[1].payload;
  return {
    upsert: async (id, payload, expiresIn) => {
      kept.delete(keyOf(id));
      kept.set(keyOf(id), { payload, expires: Date.now() + (expiresIn ?? 0) * 1000 });
      for (const [key, { expires }] of kept) {
        if (kept.size <= LIMIT && expires > Date.now()) break;
        kept.delete(key);
      }
    },
    find,
    findByUid: (uid) => findWhere((payload) => payload.uid === uid),
    findByUserCode: (code) => findWhere((payload) => payload.userCode === code),
    consume: async (id) => {
      const payload = await find(id);
      if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => void kept.delete(keyOf(id)),
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of kept)
        if (key.startsWith(keyOf('')) && payload.grantId === grantId) kept.delete(key);
    },
  };
}
