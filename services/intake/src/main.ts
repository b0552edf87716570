import { serve } from '@tsunagu/platform';
import { intake } from './service';

void serve(intake);
