export { referral } from './service';
