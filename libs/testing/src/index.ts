export * from './database';
export * from './spec-for';
