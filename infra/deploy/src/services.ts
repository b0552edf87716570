import { analytics } from '@tsunagu/analytics';
import { consent } from '@tsunagu/consent';
import { followUp } from '@tsunagu/follow-up';
import { intake } from '@tsunagu/intake';
import { journey } from '@tsunagu/journey';
import type { ServiceDefinition } from '@tsunagu/platform';
import { referral } from '@tsunagu/referral';

export const services: readonly ServiceDefinition[] = [intake, consent, referral, followUp, journey, analytics];
