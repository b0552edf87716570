import { type Publication } from '@tsunagu/contracts';
import { categoryOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ServiceDefinition } from '@tsunagu/platform';
import { AgencyConsumer } from './agencies/agencies';
import { AgencyRow } from './agencies/agency-row.entity';
import { publishConsultation } from './consultation/consultation.publisher';
import { consultation } from './consultation/domain/consultation';
import { OverdueClock } from './consultation/overdue.clock';
import { ConsultationRow } from './consultation-rows/consultation-row.entity';
import { consultationRows } from './consultation-rows/consultation-rows.evolve';
import { DuplicateConsumer } from './duplicates/duplicate.consumer';
import { DuplicateKeyRow } from './duplicates/duplicate-key-row.entity';
import { ErasureConsumer, RecallClock } from './erasure/erasure';
import { IntakeModule } from './intake.module';
import { InvolvementConsumer } from './involvement/involvement.consumer';
import { CreateIntakeRows1763800000000 } from './migrations/1763800000000-create-intake-rows';
import { person } from './person/domain/person';
import { publishPerson } from './person/person.publisher';

export const intake: ServiceDefinition = {
  name: 'intake',
  title: 'Intake',
  description:
    'People arrive, by any door, named or not: consultations, answers, screening, needs and urgency, becoming named, recognising the same person, erasure.',
  modules: [IntakeModule],
  entities: [ConsultationRow, DuplicateKeyRow, AgencyRow],
  migrations: [CreateIntakeRows1763800000000],
  readModels: [consultationRows],
  publish,
  consumers: [AgencyConsumer, InvolvementConsumer, DuplicateConsumer, ErasureConsumer],
  clocks: [OverdueClock, RecallClock],
};

function publish(event: RecordedEvent): readonly Publication[] {
  const category = categoryOf(event.stream);
  if (category === consultation.category) return publishConsultation(event);
  return category === person.category ? publishPerson(event) : [];
}
