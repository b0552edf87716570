import { Module } from '@nestjs/common';
import { EmergencyReads } from '@tsunagu/platform';
import { Agencies } from './agencies/agencies';
import { ClaimDesk } from './claim/claim-desk';
import { ClaimHandler } from './claim/claim.handler';
import { ClaimController } from './claim/claim.http';
import { PersonTokens } from './claim/person-tokens';
import { AssessmentController } from './consultation/assessment.http';
import { ConsultationAccess } from './consultation/consultation.access';
import { ConsultationHandler } from './consultation/consultation.handler';
import { ConsultationController } from './consultation/consultation.http';
import { ConsultationSeals } from './consultation/consultation-seals';
import { ConsultationViews } from './consultation/consultation.view';
import { OpeningController } from './consultation/opening.http';
import { ConsultationListController } from './consultation-rows/consultation-rows.http';
import { DisclosureController } from './disclosure/disclosure.http';
import { EmergencyReadingController } from './disclosure/emergency.http';
import { HeldFields } from './disclosure/held-fields';
import { DuplicateIndex } from './duplicates/duplicate-index';
import { Erasure } from './erasure/erasure';
import { ErasureController } from './erasure/erasure.http';
import { IdentitySeals } from './person/identity-seals';
import { LinkController } from './person/links.http';
import { PersonHandler } from './person/person.handler';
import { PersonController } from './person/person.http';
import { Persons } from './person/persons';
import { VocabularyController } from './vocabularies/vocabularies.http';

@Module({
  controllers: [
    OpeningController,
    ConsultationListController,
    ConsultationController,
    AssessmentController,
    ClaimController,
    PersonController,
    LinkController,
    ErasureController,
    DisclosureController,
    EmergencyReadingController,
    VocabularyController,
  ],
  providers: [
    Agencies,
    ClaimDesk,
    ClaimHandler,
    ConsultationAccess,
    ConsultationHandler,
    ConsultationSeals,
    ConsultationViews,
    DuplicateIndex,
    EmergencyReads,
    Erasure,
    HeldFields,
    IdentitySeals,
    PersonHandler,
    Persons,
    PersonTokens,
  ],
  exports: [DuplicateIndex, Erasure],
})
export class IntakeModule {}
