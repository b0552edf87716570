import { Inject, Injectable } from '@nestjs/common';
import type { DataCategory } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { type Access, AccessLog, type Asker, EVENT_STORE, NotFound, ServiceClient } from '@tsunagu/platform';
import type { Recorder } from './consent/domain/commands';
import { consent } from './consent/domain/consent';

export type Basis = Extract<Access['basis'], 'self' | 'own-agency' | 'audit'>;

/** Decides who may act on a person's consent: the person, agencies that have to do with them, and auditors. */
@Injectable()
export class PersonAccess {
  constructor(
    private readonly services: ServiceClient,
    private readonly accessLog: AccessLog,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** @throws NotFound when the asker has nothing to do with the person */
  async requireInvolved(asker: Asker, personId: string, context: CommandContext): Promise<Basis> {
    if (asker.person !== undefined) {
      if (asker.person !== personId) throw new NotFound();
      return 'self';
    }
    if (asker.roles.includes('auditor')) return 'audit';
    const path = `/persons/${personId}/agencies/${asker.agency ?? ''}`;
    if (asker.agency === undefined || !(await this.services.exists('intake', path, context))) throw new NotFound();
    return 'own-agency';
  }

  /** As `requireInvolved`, but an agency with a stake in the consent itself is let in even while intake is out. */
  async requireStake(asker: Asker, personId: string, context: CommandContext): Promise<Basis> {
    const { state } = await stateOf(this.store, consent, personId);
    if (asker.agency !== undefined && state.stakeholders.includes(asker.agency)) return 'own-agency';
    return this.requireInvolved(asker, personId, context);
  }

  /** Settles once the look is on the record. */
  async recordLook(
    asker: Asker,
    personId: string,
    look: { readonly subject: string; readonly subjectId?: string; readonly categories?: DataCategory[] },
    basis: Basis,
    context: CommandContext,
  ): Promise<void> {
    const { subject, subjectId = personId, categories = [] } = look;
    const parties = asker.agency === undefined ? [] : [asker.agency];
    const access: Access = {
      personId,
      parties,
      subject,
      subjectId,
      categories,
      action: 'read',
      basis,
      outcome: 'shown',
    };
    await this.accessLog.record(asker, access, context);
  }
}

/** Whoever is also an administrator records as an administrator: that role may not give consent. */
export function recorderOf(asker: Asker): Recorder {
  const role =
    (['agency-admin', 'person', 'supervisor', 'caseworker'] as const).find((known) => asker.roles.includes(known)) ??
    'unknown';
  return { user: asker.user, role, ...(asker.agency === undefined ? {} : { agency: asker.agency }) };
}
