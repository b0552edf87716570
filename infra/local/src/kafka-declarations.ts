export { declaredRights, declaredTopics } from '@tsunagu/deploy';
