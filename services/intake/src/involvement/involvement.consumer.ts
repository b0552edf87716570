import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, followUpEvents, intakeEvents, referralEvents } from '@tsunagu/contracts';
import { type CommandingConsumer, contextFromEvent } from '@tsunagu/platform';
import type { Involvement } from '../person/domain/person';
import { HandlePerson } from '../person/person.handler';

const { ConsultationOpened, ConsultationTaken, ConsultationRouted, PersonsLinked, PersonsUnlinked } = intakeEvents;
const { ReferralAccepted } = referralEvents;
const { PlanTransferred } = followUpEvents;

/**
 * Keeps the person's own record true to what happened elsewhere: who is involved, and the other end of a link. For what
 * intake recorded itself this only finishes what a process that died had begun.
 */
@Injectable()
export class InvolvementConsumer implements CommandingConsumer {
  readonly group = 'intake-involvement';
  readonly events = [
    ConsultationOpened,
    ConsultationTaken,
    ConsultationRouted,
    PersonsLinked,
    PersonsUnlinked,
    ReferralAccepted,
    PlanTransferred,
  ];

  constructor(private readonly commands: CommandBus) {}

  async react(event: CloudEvent): Promise<void> {
    const involved = involvementFrom(event);
    const context = contextFromEvent(event, 'intake', this.group);
    if (involved) {
      const { personId, ...involvement } = involved;
      await this.commands.execute(new HandlePerson(personId, { type: 'InvolveAgency', ...involvement }, context));
    }
    if (event.type !== PersonsLinked.type && event.type !== PersonsUnlinked.type) return;
    const { personId, otherPersonId, agencyId } = PersonsLinked.schema.parse(event.data);
    const type = event.type === PersonsLinked.type ? 'LinkPerson' : 'UnlinkPerson';
    const mirrored = { type, agency: agencyId, otherPersonId: personId, now: event.time } as const;
    await this.commands.execute(new HandlePerson(otherPersonId, mirrored, context));
  }
}

function involvementFrom({ type, data }: CloudEvent): (Involvement & { readonly personId: string }) | undefined {
  switch (type) {
    case ConsultationOpened.type: {
      const { personId, agencyId } = ConsultationOpened.schema.parse(data);
      return agencyId === null ? undefined : { personId, agency: agencyId, through: 'consultation' };
    }
    case ConsultationTaken.type: {
      const { personId, agencyId } = ConsultationTaken.schema.parse(data);
      return { personId, agency: agencyId, through: 'consultation' };
    }
    case ConsultationRouted.type: {
      const { personId, toAgencyId } = ConsultationRouted.schema.parse(data);
      return { personId, agency: toAgencyId, through: 'consultation' };
    }
    case ReferralAccepted.type: {
      const { personId, toAgency } = ReferralAccepted.schema.parse(data);
      return toAgency === null ? undefined : { personId, agency: toAgency, through: 'referral' };
    }
    case PlanTransferred.type: {
      const { personId, toAgency } = PlanTransferred.schema.parse(data);
      return { personId, agency: toAgency, through: 'plan' };
    }
    default:
      return undefined;
  }
}
