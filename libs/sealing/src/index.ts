export * from './port';
export { sealer, type SealerOptions } from './sealer';
export { fileKeyEncryption, type KeyEncryption } from './key-encryption';
export { keySchemaSql } from './key-store';
