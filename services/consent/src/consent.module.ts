import { Module } from '@nestjs/common';
import { AuditController } from './audit/audit.http';
import { ConsentHandler } from './consent/consent.handler';
import { ConsentController } from './consent/consent.http';
import { Authorisations } from './decisions/authorise';
import { DecisionController } from './decisions/decisions.http';
import { EmergencyHandler } from './emergency/emergency.handler';
import { EmergencyController } from './emergency/emergency.http';
import { ErasureController } from './erasure/erasure.http';
import { NoticeHandler } from './notice/notice.handler';
import { NoticeController } from './notice/notice.http';
import { PersonAccess } from './person-access';
import { PersonSeals } from './person-seals';
import { ReceiptController } from './receipt/receipt.http';

@Module({
  controllers: [
    ConsentController,
    DecisionController,
    NoticeController,
    EmergencyController,
    ReceiptController,
    AuditController,
    ErasureController,
  ],
  providers: [ConsentHandler, NoticeHandler, EmergencyHandler, Authorisations, PersonAccess, PersonSeals],
  exports: [PersonSeals],
})
export class ConsentModule {}
