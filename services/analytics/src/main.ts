import { serve } from '@tsunagu/platform';
import { analytics } from './service';

void serve(analytics);
