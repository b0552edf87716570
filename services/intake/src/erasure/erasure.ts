import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CloudEvent, intakeEvents } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import {
  type CommandingConsumer,
  type ClockWork,
  contextFromClock,
  contextFromEvent,
  EVENT_STORE,
  idFrom,
  SEALER,
  within,
} from '@tsunagu/platform';
import type { Sealer } from '@tsunagu/sealing';
import { HandleConsultation } from '../consultation/consultation.handler';
import { person } from '../person/domain/person';
import { HandlePerson, type PersonHandled } from '../person/person.handler';

const { ErasureRequested, PersonErased, ConsultationOpened } = intakeEvents;

/** Destroys the person's keys. Each step may be repeated; none can be taken back. */
@Injectable()
export class Erasure {
  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  async complete(personId: string, now: string, context: CommandContext): Promise<PersonHandled> {
    const keysDestroyed = await this.sealer.erasePerson(personId);
    const command = { type: 'CompleteErasure', keysDestroyed, now } as const;
    return this.commands.execute(new HandlePerson(personId, command, within(context, 'erased')));
  }

  /** Records an erasure that the keys know of and the log does not, so that everybody hears of it. */
  async recall(personId: string, now: Date): Promise<void> {
    const { state } = await stateOf(this.store, person, personId);
    if (state.status !== 'known') return;
    const context = contextFromClock('intake', now, 'erasure', personId);
    const at = now.toISOString();
    const request = { type: 'RequestErasure', erasureId: idFrom(context, 'erasure'), now: at } as const;
    await this.commands.execute(new HandlePerson(personId, request, context));
    await this.complete(personId, at, context);
  }

  /** Ends every consultation of somebody who is gone. */
  async endConsultations(personId: string, now: string, context: CommandContext): Promise<void> {
    this.sealer.forget(personId);
    const { state } = await stateOf(this.store, person, personId);
    if (state.status !== 'erased') return;
    for (const id of state.consultations) {
      if ((await this.store.load(`consultation-${id}`)).length === 0) continue;
      await this.commands.execute(new HandleConsultation(id, { type: 'EraseConsultation', now }, within(context, id)));
    }
  }
}

/** Finishes an erasure that a process began and did not live to end, and carries it to the consultations. */
@Injectable()
export class ErasureConsumer implements CommandingConsumer {
  readonly group = 'intake-erasure';
  readonly events = [ErasureRequested, PersonErased, ConsultationOpened];

  constructor(private readonly erasure: Erasure) {}

  async react(event: CloudEvent): Promise<void> {
    const context = contextFromEvent(event, 'intake', this.group);
    if (event.type === ErasureRequested.type) await this.erasure.complete(event.partitionkey, event.time, context);
    // A consultation may have been on its way in while the keys were destroyed.
    if (event.type === PersonErased.type || event.type === ConsultationOpened.type) {
      await this.erasure.endConsultations(event.partitionkey, event.time, context);
    }
  }
}

/** Clocks of two machines differ by less. */
const OVERLAP_MS = 300_000;

/**
 * After a restore the keys are destroyed of everybody who was ever erased, but a log that is older than an erasure does not
 * tell it: then it is recorded again, and with it ends all that still goes on with that person.
 */
@Injectable()
export class RecallClock implements ClockWork {
  readonly everyMs = 60_000;
  private since = new Date(0);

  constructor(
    private readonly erasure: Erasure,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  async run(now: Date): Promise<void> {
    for (const personId of await this.sealer.erasedSince(this.since)) await this.erasure.recall(personId, now);
    this.since = new Date(now.getTime() - OVERLAP_MS);
  }
}
