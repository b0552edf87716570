export * from './event';
export * from './store';
export * from './decider';
export * from './handle';
export * from './upcast';
