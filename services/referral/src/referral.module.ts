import { Module } from '@nestjs/common';
import { Authorisations } from './referral/authorisations';
import { DecidedReads } from './referral/decided-reads';
import { DisclosureController } from './referral/disclosure.http';
import { ReceivingController } from './referral/receiving.http';
import { ReferralAccess } from './referral/referral.access';
import { ReferralCommands } from './referral/referral-commands';
import { ReferralFacts } from './referral/referral.facts';
import { ReferralHandler } from './referral/referral.handler';
import { ReferralSeals } from './referral/referral-seals';
import { Rerouting } from './referral/rerouting';
import { SendingController } from './referral/sending.http';
import { ReferralRowsController } from './referral-rows/referral-rows.http';
import { ReferralRows } from './referral-rows/referral-rows.query';
import { ReferralViews } from './referral-rows/referral-view';
import { Sectors } from './referral/sectors';
import { WithdrawnConsent } from './withdrawal/withdrawn-consent';

@Module({
  controllers: [SendingController, ReceivingController, DisclosureController, ReferralRowsController],
  providers: [
    Authorisations,
    DecidedReads,
    ReferralAccess,
    ReferralCommands,
    ReferralFacts,
    ReferralHandler,
    ReferralRows,
    ReferralSeals,
    ReferralViews,
    Rerouting,
    Sectors,
    WithdrawnConsent,
  ],
})
export class ReferralModule {}
