export { MOUNT, startIdentity, type RunningIdentity } from './identity';
export { newSigningKeys } from './keys';
export { AUDIENCE, RESOURCE, type IdentityOptions, type Worker } from './provider';
export { SAMPLE_WORKER_GRANT } from './sample-worker.grant';
