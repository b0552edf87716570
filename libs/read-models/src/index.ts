export * from './read-model';
export { checkpointSchemaSql } from './checkpoints';
export { projector } from './projector';
export type { Projector, ProjectorOptions } from './projector';
export { compareRebuilt, rebuild } from './rebuild';
export type { Difference, ReadModelSource } from './rebuild';
export { foldInto } from './fold-into';
