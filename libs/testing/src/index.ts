export * from './database';
export * from './spec-for';
export * from './issuer';
export * from './start-services';
