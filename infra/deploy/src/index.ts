export * from './databases';
export { declaredRights, declaredTopics } from './kafka-declarations';
export { services } from './services';
