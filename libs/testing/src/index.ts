export * from './database';
export * from './spec-for';
export * from './issuer';
export * from './start-services';
export * from './eventually';
export * from './event-store-contract';
export * from './fresh-log';
export * from './event-bus-contract';
