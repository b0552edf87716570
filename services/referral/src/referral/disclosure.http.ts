import { Controller, Get, Param, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type DataCategory,
  type ReferralDisclosure,
  ReferralDisclosureQuery,
  type ReferralOutcome,
} from '@tsunagu/contracts';
import { type CommandContext, Rejection } from '@tsunagu/event-sourcing';
import { agencyOf, Allow, type Asker, Context, CurrentActor, IdPipe } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import type { Permitted } from './authorisations';
import { DecidedReads, type Reading } from './decided-reads';
import type { Disclosure } from './domain/events';
import type { Referral } from './domain/state';
import { isWithdrawn } from './domain/withdrawing';
import { ReferralAccess } from './referral.access';
import { HandleReferral } from './referral.handler';
import { type Place, type PlainFields, ReferralSeals } from './referral-seals';

class ReferralDisclosureQueryDto extends createZodDto(ReferralDisclosureQuery) {}

/** The receiver has no more to do with the person. */
const OVER: readonly Referral['status'][] = ['rejected', 'cancelled', 'entered-in-error'];

@ApiTags('referrals')
@Controller('referrals/:id')
export class DisclosureController {
  constructor(
    private readonly access: ReferralAccess,
    private readonly reads: DecidedReads,
    private readonly seals: ReferralSeals,
    private readonly commands: CommandBus,
  ) {}

  /** What the receiver was given, and nothing else. Each read is decided anew and logged. */
  @Get('disclosure')
  @Allow('caseworker', 'supervisor')
  async disclosure(
    @Param('id', IdPipe) id: string,
    @Query() query: ReferralDisclosureQueryDto,
    @CurrentActor() asker: Asker,
    @Context() request: CommandContext,
  ): Promise<ReferralDisclosure> {
    const current = await this.access.asReceiver(id, asker);
    const { record, status } = current.referral;
    const place = { referralId: id, personId: record.about.personId, agency: agencyOf(asker) };
    const given = record.disclosures.filter(({ agency }) => agency === place.agency);
    const reading: Reading = {
      current,
      asker,
      subject: 'referral-disclosure',
      purpose: query.purpose,
      action: 'read',
      categories: categoriesOf(given, record.categories),
      context: request,
    };
    if (given.some((disclosure) => isWithdrawn(record, disclosure))) {
      return this.reads.refuse(reading, 'consent-withdrawn', null);
    }
    if (OVER.includes(status)) return this.reads.refuse(reading, 'referral-over', null);
    return this.reads.read(reading, async ({ authorisationId }) => ({
      referralId: id,
      personId: place.personId,
      authorisationId,
      ...(await this.opened(place, given)),
    }));
  }

  /** How it ended, for the sender, under the return grant. The first telling is recorded on the referral. */
  @Get('outcome')
  @Allow('caseworker', 'supervisor')
  async outcome(
    @Param('id', IdPipe) id: string,
    @CurrentActor() asker: Asker,
    @Context() request: CommandContext,
  ): Promise<ReferralOutcome> {
    const current = await this.access.asSender(id, asker);
    const { referral } = current;
    if (referral.status !== 'completed') {
      throw new Rejection('no-outcome-yet', `There is no outcome while the referral is "${referral.status}".`);
    }
    const { about } = referral.record;
    const reading: Reading = {
      current,
      asker,
      subject: 'referral-outcome',
      purpose: 'outcome-report',
      action: 'report-back',
      categories: ['outcome'],
      context: request,
      ...(about.toAgency === null ? {} : { discloserAgency: about.toAgency }),
    };
    const { outcome, note } = referral;
    const place = { referralId: id, personId: about.personId, agency: about.fromAgency };
    return this.reads.read(reading, async (permitted) => {
      const text = note ? { note: await this.seals.openText(place, 'outcome', 'outcome', note) } : {};
      await this.report(id, about.fromAgency, permitted, reading.context);
      return { referralId: id, personId: about.personId, authorisationId: permitted.authorisationId, outcome, ...text };
    });
  }

  private async report(id: string, sender: string, permitted: Permitted, context: CommandContext): Promise<void> {
    const { authorisationId, grantIds, until } = permitted;
    const disclosure: Disclosure = { agency: sender, authorisationId, grantIds, fields: {} };
    const decision = { outcome: 'permitted', categories: ['outcome'], until, disclosure } as const;
    const order = { type: 'ReportOutcome', by: sender, now: context.occurredAt, decision } as const;
    await this.commands.execute(new HandleReferral(id, order, context));
  }

  private async opened(
    place: Place,
    given: readonly Disclosure[],
  ): Promise<Pick<ReferralDisclosure, 'fields' | 'notes'>> {
    const fields: PlainFields[] = await Promise.all(
      given.map((disclosure) => this.seals.openFields(place, disclosure)),
    );
    const notes = given.flatMap(({ note, authorisationId }) =>
      note ? [this.seals.openText(place, note.category, `note-${authorisationId}`, note.text)] : [],
    );
    return { fields: Object.assign({}, ...fields), notes: await Promise.all(notes) };
  }
}

/** Where nothing was on file for any category, consent is asked about what the referral names. */
function categoriesOf(given: readonly Disclosure[], asked: readonly DataCategory[]): readonly DataCategory[] {
  const categories = given.flatMap(({ fields, note }) => [
    ...(Object.keys(fields) as DataCategory[]),
    ...(note ? [note.category] : []),
  ]);
  return categories.length === 0 ? asked : [...new Set(categories)];
}
