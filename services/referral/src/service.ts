import type { ServiceDefinition } from '@tsunagu/platform';
import { DeadlineClock } from './deadlines/deadline.clock';
import { directory } from './directory';
import { CreateReferralRows1732233600000 } from './migrations/1732233600000-create-referral-rows';
import { publishReferral } from './referral/referral.publisher';
import { ReferralModule } from './referral.module';
import { ReferralRow } from './referral-rows/referral-row.entity';
import { referralRows } from './referral-rows/referral-rows.evolve';
import { WatchedReferral, WithdrawnRow } from './withdrawal/withdrawal.entity';
import { WithdrawalRunner } from './withdrawal/workflow.runner';

export const referral: ServiceDefinition = {
  name: 'referral',
  title: 'Referral',
  description:
    'The directory of what a community offers, and closed-loop referrals between agencies: nothing is passed on without consent in force, every read is decided anew, and a withdrawal ends what rests on it.',
  modules: [ReferralModule, ...directory.modules],
  entities: [ReferralRow, WatchedReferral, WithdrawnRow, ...directory.entities],
  migrations: [CreateReferralRows1732233600000, ...directory.migrations],
  readModels: [referralRows, ...directory.readModels],
  publish: (event) => [...publishReferral(event), ...directory.publish(event)],
  consumers: [WithdrawalRunner],
  clocks: [DeadlineClock],
};
