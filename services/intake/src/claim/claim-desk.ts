import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { uuid } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { CONFIG, EVENT_STORE, type ServiceConfig, within } from '@tsunagu/platform';
import { claimCodeFor, hashed, newClaimCode, shown } from './claim-code';
import { HandleClaim } from './claim.handler';
import { person } from '../person/domain/person';

/** Hands out claim codes: shown once, kept only as a hash. */
@Injectable()
export class ClaimDesk {
  private readonly key: Buffer;

  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) config: ServiceConfig,
  ) {
    const secret = Buffer.from(config.secrets.fingerprintKey, 'base64');
    this.key = createHmac('sha256', secret).update('tsunagu/intake/claim-code').digest();
  }

  /**
   * A code for a new person. Whoever sent a UUID as Idempotency-Key and lost the answer gets the same code again: such
   * a key nobody else can guess. Under a key that can be guessed a repeat gets none.
   */
  async issue(
    personId: string,
    user: string,
    idempotencyKey: string | undefined,
    context: CommandContext,
  ): Promise<string | undefined> {
    const unguessable = uuid.safeParse(idempotencyKey).success;
    if (!unguessable && (await stateOf(this.store, person, personId)).state.status !== 'none') return undefined;
    const code = unguessable ? claimCodeFor(this.key, `${user}\n${idempotencyKey ?? ''}`) : newClaimCode();
    const command = { type: 'IssueClaim', personId, ...(await hashed(code.secret)) } as const;
    await this.commands.execute(new HandleClaim(code.locator, command, within(context, 'claim')));
    return shown(code);
  }
}
