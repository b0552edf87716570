import { serve } from '@tsunagu/platform';
import { journey } from './service';

void serve(journey);
