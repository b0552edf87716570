export { followUp } from './service';
