export { services } from '@tsunagu/deploy';
