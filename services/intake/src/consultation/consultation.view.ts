import { Injectable } from '@nestjs/common';
import type { Access, Asker } from '@tsunagu/platform';
import type { Visible } from './consultation.access';
import { ConsultationSeals } from './consultation-seals';
import type { ScreeningResult } from './domain/scoring';

/** A consultation as its parties read it. Texts are null once the person was erased. */
export interface ConsultationView {
  readonly id: string;
  readonly revision: number;
  readonly personId: string;
  readonly status: 'open' | 'closed' | 'erased';
  readonly agency: string | null;
  readonly worker: string | null;
  readonly parties: readonly string[];
  readonly channel: string;
  readonly language: string;
  readonly interpreterNeeded: boolean;
  readonly anonymous: boolean;
  readonly area: string;
  readonly tier: string;
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly overdue: boolean;
  readonly messages: readonly {
    readonly id: string;
    readonly by: 'person' | 'worker';
    readonly agency: string | null;
    readonly at: string;
    readonly text: string | null;
  }[];
  readonly screenings: readonly {
    readonly id: string;
    readonly instrument: string;
    readonly version: string;
    readonly at: string;
    readonly result: ScreeningResult | null;
  }[];
  readonly needs: readonly {
    readonly id: string;
    readonly need: string;
    readonly urgency: string;
    readonly status: 'open' | 'met' | 'withdrawn';
    readonly at: string;
    readonly note: string | null;
  }[];
}

@Injectable()
export class ConsultationViews {
  constructor(private readonly seals: ConsultationSeals) {}

  async viewOf({ id, state, revision }: Visible): Promise<ConsultationView> {
    const subject = { id, personId: state.personId };
    const messages = state.messages.map(async (message) => ({
      id: message.messageId,
      by: message.by.kind,
      agency: message.by.kind === 'worker' ? message.by.agency : null,
      at: message.at,
      text: await this.seals.openMessage(subject, message),
    }));
    const screenings = state.screenings.map(async (screening) => ({
      id: screening.screeningId,
      instrument: screening.instrument,
      version: screening.version,
      at: screening.at,
      result: await this.seals.openResult(subject, screening),
    }));
    const needs = state.needs.map(async (need) => ({
      id: need.needId,
      need: need.need,
      urgency: need.urgency,
      status: need.status,
      at: need.at,
      note: await this.seals.openNote(subject, need),
    }));
    const { personId, status, agency, worker, parties, channel, language, interpreterNeeded, anonymous } = state;
    const { area, tier, openedAt, dueAt, overdue } = state;
    return {
      ...{ id, revision, personId, status, agency, worker, parties, channel, language, interpreterNeeded, anonymous },
      ...{ area, tier, openedAt, dueAt, overdue },
      messages: await Promise.all(messages),
      screenings: await Promise.all(screenings),
      needs: await Promise.all(needs),
    };
  }
}

/** What the access ledger says of such a read. */
export function accessTo({ id, state }: Visible, asker: Asker): Access {
  const held = [
    ...(state.messages.length > 0 ? (['consultation-content'] as const) : []),
    ...(state.screenings.length > 0 ? (['screening'] as const) : []),
    ...(state.needs.length > 0 ? (['needs'] as const) : []),
  ];
  return {
    personId: state.personId,
    parties: [...state.parties],
    subject: 'consultation',
    subjectId: id,
    categories: held,
    purpose: 'consultation',
    action: 'read',
    basis: asker.person === undefined ? 'own-agency' : 'self',
    outcome: 'shown',
  };
}
