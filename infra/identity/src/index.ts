export { MOUNT, startIdentity, type RunningIdentity } from './identity';
export { newSigningKeys } from './keys';
export { AUDIENCE, RESOURCE, type IdentityOptions } from './provider';
export type { Worker } from './worker';
export { SAMPLE_WORKER_GRANT } from './sample-worker.grant';
