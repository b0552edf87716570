import { serve } from '@tsunagu/platform';
import { followUp } from './service';

void serve(followUp);
