import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, consentEvents, intakeEvents, referralEvents } from '@tsunagu/contracts';
import { type WritingConsumer, type Clock, CLOCK, contextFromEvent, SEALER } from '@tsunagu/platform';
import type { Sealer } from '@tsunagu/sealing';
import type { EntityManager } from 'typeorm';
import { HandleReferral } from '../referral/referral.handler';
import { WatchedReferral, WithdrawnRow } from './withdrawal.entity';
import { type Ending, endings, type Grants, type Learnt, learntFrom, type Watched } from './workflow';

/** Nothing slips: see `endings` for why. */
@Injectable()
export class WithdrawalRunner implements WritingConsumer {
  readonly group = 'referral-withdrawal';
  readonly events = [
    consentEvents.ConsentWithdrawn,
    intakeEvents.PersonErased,
    referralEvents.ReferralDrafted,
    referralEvents.ReferralSent,
    referralEvents.ReferralClaimed,
    referralEvents.InformationProvided,
    referralEvents.OutcomeReported,
  ];

  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    const learnt = learntFrom(event);
    if (!learnt) return;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`withdrawal:${learnt.personId}`]);
    if (learnt.kind === 'withdrawn' && learnt.grants === 'all') this.sealer.forget(learnt.personId);
    const due = learnt.kind === 'withdrawn' ? await afterWithdrawal(tx, learnt) : await afterDisclosure(tx, learnt);
    for (const ending of due) await this.end(ending, event);
  }

  private async end({ referralId, grants }: Ending, event: CloudEvent): Promise<void> {
    const now = this.clock.now().toISOString();
    const context = contextFromEvent(event, 'referral', `withdrawal:${referralId}`);
    await this.commands.execute(new HandleReferral(referralId, { type: 'EndForWithdrawal', grants, now }, context));
  }
}

type Of<Kind extends Learnt['kind']> = Extract<Learnt, { kind: Kind }>;

async function afterWithdrawal(tx: EntityManager, { personId, grants }: Of<'withdrawn'>): Promise<readonly Ending[]> {
  const rows = (grants === 'all' ? ['all'] : grants).map((grantId) => ({ personId, grantId }));
  await tx.getRepository(WithdrawnRow).upsert(rows, ['personId', 'grantId']);
  return endings(grants, await tx.getRepository(WatchedReferral).findBy({ personId }));
}

async function afterDisclosure(
  tx: EntityManager,
  { personId, referralId, grantIds }: Of<'referral'>,
): Promise<readonly Ending[]> {
  const known = await tx.getRepository(WatchedReferral).findOneBy({ referralId });
  const watched: Watched = { referralId, grantIds: [...new Set([...(known?.grantIds ?? []), ...grantIds])] };
  await tx.getRepository(WatchedReferral).upsert({ ...watched, personId }, ['referralId']);
  const rows = await tx.getRepository(WithdrawnRow).findBy({ personId });
  const ids = rows.map(({ grantId }) => grantId);
  const withdrawn: Grants = ids.includes('all') ? 'all' : ids;
  return endings(withdrawn, [watched]);
}
