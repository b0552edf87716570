export { consent } from './service';
export { decide } from './consent/domain/decision';
export type { ConsentRecord, Decision } from './consent/domain/decision';
export { currentPolicy } from './consent/domain/policy';
export type { DecisionRequest } from './consent/domain/request';
