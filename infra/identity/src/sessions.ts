import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Memory } from './memory';

/** What the provider asks of a store, over the memory. Access tokens, being signed, are in none. */
export const adapterOver =
  (memory: Memory): ((model: string) => Adapter) =>
  (model) => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const findWhere = async (fits: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> =>
      [...memory.all(keyOf(''))].find(([, payload]) => fits(payload))?.[1];
    return {
      upsert: async (id, payload, expiresIn) => memory.set(keyOf(id), payload, expiresIn ?? 0),
      find: async (id) => memory.get(keyOf(id)),
      findByUid: (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: (code) => findWhere((payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = memory.get(keyOf(id));
        if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
        memory.changed(keyOf(id));
      },
      destroy: async (id) => memory.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of [...memory.all(keyOf(''))]) if (payload.grantId === grantId) memory.delete(key);
      },
    };
  };
