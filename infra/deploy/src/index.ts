export * from './databases';
export { declaredRights, declaredTopics } from './kafka-declarations';
export { provisionConfig } from './provision-config';
export { services } from './services';
