import { caller, type Caller } from './api';
import { arrival } from './chapters/arrival';
import { consent } from './chapters/consent';
import { ending } from './chapters/ending';
import { handoff } from './chapters/handoff';
import { support } from './chapters/support';
import type { Narrator } from './narrator';
import type { Cast, Stage } from './stage';

/** One journey through the public API, from a night without a name to the erased traces of it. @throws NotAsPromised */
export async function playStory(
  url: string,
  tokenOf: (worker: string) => Promise<string>,
  narrator: Narrator,
): Promise<void> {
  const worker = async (user: string, title: string): Promise<Caller> => caller(url, title, await tokenOf(user));
  const cast: Cast = {
    nobody: caller(url, 'Somebody'),
    aoi: await worker('aoi', 'Aoi (city desk)'),
    yui: await worker('yui', 'Yui (NPO Hidamari)'),
    fumi: await worker('fumi', 'Fumi (residents’ group)'),
    nagi: await worker('nagi', 'Nagi (clinic)'),
    itsuki: await worker('itsuki', 'Itsuki (clinic, supervisor)'),
    shiori: await worker('shiori', 'Shiori (auditor)'),
    akira: await worker('akira', 'Akira (analyst)'),
    withToken: (name, token) => caller(url, name, token),
  };
  const stage: Stage = { cast, narrator };
  const arrived = await arrival(stage);
  const consented = await consent(stage, arrived);
  const handed = await handoff(stage, consented);
  await support(stage, handed);
  await ending(stage, handed);
}
