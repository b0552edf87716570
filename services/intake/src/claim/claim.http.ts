import { Body, Controller, Get, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ClaimConsultation } from '@tsunagu/contracts';
import { type CommandContext, type EventStore, stateOf } from '@tsunagu/event-sourcing';
import { type Clock, CLOCK, Context, EVENT_STORE, NotFound, Public, within } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { person } from '../person/domain/person';
import { matches, parsed } from './claim-code';
import { HandleClaim } from './claim.handler';
import { claim, requireUnblocked } from './domain/claim';
import { type PersonToken, PersonTokens } from './person-tokens';

class ClaimConsultationDto extends createZodDto(ClaimConsultation) {}

interface Claimed extends PersonToken {
  readonly personId: string;
  readonly consultationIds: readonly string[];
}

/** Compared against when there is no such code, so that the answer takes as long. */
const NOBODYS = { salt: 'AAAAAAAAAAAAAAAAAAAAAA', hash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };

/** The person returns with the code that was shown to them once. */
@ApiTags('claims')
@Controller()
export class ClaimController {
  constructor(
    private readonly commands: CommandBus,
    private readonly tokens: PersonTokens,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('claims')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Public()
  async claim(@Body() body: ClaimConsultationDto, @Context() context: CommandContext): Promise<Claimed> {
    const personId = await this.personOf(body.claimCode, context);
    const { state } = await stateOf(this.store, person, personId);
    if (state.status !== 'known') throw new NotFound();
    return { ...(await this.tokens.tokenFor(personId)), personId, consultationIds: state.consultations };
  }

  /** @throws NotFound for a code that opens nothing, whatever is wrong with it */
  private async personOf(typed: string, context: CommandContext): Promise<string> {
    const now = this.clock.now().toISOString();
    const code = parsed(typed);
    const known = code ? (await stateOf(this.store, claim, code.locator)).state : undefined;
    if (!code || known?.status !== 'issued') {
      await matches(typed, NOBODYS);
      throw new NotFound();
    }
    requireUnblocked(known.blockedUntil, now);
    const right = await matches(code.secret, known);
    const attempt = { type: 'TryClaim', matches: right, now } as const;
    await this.commands.execute(new HandleClaim(code.locator, attempt, within(context, code.locator)));
    if (!right) throw new NotFound();
    return known.personId;
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Public()
  keys() {
    return this.tokens.keys();
  }
}
