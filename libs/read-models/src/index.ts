export * from './read-model';
export { checkpointSchemaSql } from './checkpoints';
export { projector } from './projector';
export type { Projector, ProjectorOptions } from './projector';
export { compareRebuilt, rebuild } from './rebuild';
export type { ReadModelSource } from './rebuild';
export { compareReplayed, type Replay } from './replayed';
export type { Difference } from './scratch';
export { foldInto } from './fold-into';
