import type { Scene } from './scene';

export interface Fault {
  readonly name: string;
  /** Does it under load, at points of its choice; settles when it is over. Answers how often it was done. */
  readonly inject: (scene: Scene) => Promise<number>;
}
