import type { ServiceDefinition } from '@tsunagu/platform';
import { ConsentModule } from './consent.module';
import { publishConsent } from './consent/consent.publisher';
import { DecisionRow } from './decisions/decisions.entity';
import { decisionRows } from './decisions/decisions.evolve';
import { EmergencyAccessRow } from './emergency/emergency-accesses.entity';
import { emergencyAccessRows } from './emergency/emergency-accesses.evolve';
import { ErasureConsumer } from './erasure/erasure.consumer';
import { GrantRow } from './grants/grants.entity';
import { grantRows } from './grants/grants.evolve';
import { CreateConsentRows1732233600000 } from './migrations/1732233600000-create-consent-rows';
import { NoticeRow } from './notice/notices.entity';
import { noticeRows } from './notice/notices.evolve';

export const consent: ServiceDefinition = {
  name: 'consent',
  title: 'Consent',
  description: 'The only place where "may X see Y" is decided, recorded and proved.',
  modules: [ConsentModule],
  entities: [GrantRow, DecisionRow, EmergencyAccessRow, NoticeRow],
  migrations: [CreateConsentRows1732233600000],
  readModels: [grantRows, decisionRows, emergencyAccessRows, noticeRows],
  publish: publishConsent,
  consumers: [ErasureConsumer],
};
