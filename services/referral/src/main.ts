import { serve } from '@tsunagu/platform';
import { referral } from './service';

void serve(referral);
