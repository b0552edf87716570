/** Injection tokens of what the platform provides. */
export const EVENT_STORE = Symbol('EventStore');
export const EVENT_BUS = Symbol('EventBus');
export const SEALER = Symbol('Sealer');
export const CLOCK = Symbol('Clock');
export const CONFIG = Symbol('ServiceConfig');
export const DEFINITION = Symbol('ServiceDefinition');

export interface Clock {
  now(): Date;
}
