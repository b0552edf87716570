import { serve } from '@tsunagu/platform';
import { consent } from './service';

void serve(consent);
