import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Module, Param, Post, Res } from '@nestjs/common';
import { type AuthorisationAnswer, type CloudEvent, consentEvents, intakeEvents } from '@tsunagu/contracts';
import { AllowService, NotFound, type ServiceDefinition, Unavailable } from '@tsunagu/platform';
import type { FastifyReply } from 'fastify';

type Permitted = Extract<AuthorisationAnswer, { outcome: 'permitted' }>;

interface AuthoriseRequest {
  readonly personId: string;
  readonly recipient: { readonly agency: string };
  readonly purpose: string;
  readonly categories: readonly string[];
  readonly action: string;
}

interface Grant {
  readonly id: string;
  readonly person: string;
  readonly agency: string;
  readonly purpose: string;
  readonly categories: readonly string[];
}

/** What the two neighbours know; specs set it, and may take either of them out of service. */
export class Neighbours {
  readonly grants: Grant[] = [];
  /** `<person> <agency>`. */
  readonly involved = new Set<string>();
  readonly fields: Record<string, unknown> = {};
  readonly asked: (AuthoriseRequest & { readonly answered: string })[] = [];
  readonly fetched: string[][] = [];
  out: 'consent' | 'intake' | undefined;
  /** Happens after consent has answered and before the fields are handed over. */
  between: (() => Promise<void>) | undefined;

  permit(person: string, agency: string, purpose: string, categories: readonly string[]): string {
    const id = randomUUID();
    this.grants.push({ id, person, agency, purpose, categories });
    return id;
  }

  withdraw(...ids: readonly string[]): void {
    const kept = this.grants.filter(({ id }) => !ids.includes(id));
    this.grants.splice(0, this.grants.length, ...kept);
  }

  decide({ personId, recipient, purpose, categories }: AuthoriseRequest): AuthorisationAnswer {
    const mine = this.grants.filter(
      (grant) => grant.person === personId && grant.agency === recipient.agency && grant.purpose === purpose,
    );
    const used = mine.filter((grant) => grant.categories.some((category) => categories.includes(category)));
    const covered = categories.every((category) => used.some((grant) => grant.categories.includes(category)));
    const decided = {
      policyVersion: '1',
      consentRevision: 1,
      explanation: { matched: [], unmatched: [], missing: [] },
    };
    if (!covered) return { outcome: 'refused', refusalId: randomUUID(), code: 'no-consent', ...decided };
    const permitted: Permitted = {
      outcome: 'permitted',
      authorisationId: randomUUID(),
      grantIds: used.map(({ id }) => id),
      until: '2099-01-01T00:00:00Z',
      obligations: [],
      code: 'permitted',
      ...decided,
    };
    return permitted;
  }
}

/** Answers as consent and intake do, from what a spec put into `neighbours`. */
export function standIns(neighbours: Neighbours): readonly ServiceDefinition[] {
  @Controller()
  class ConsentController {
    @Post('authorisations')
    @HttpCode(200)
    @AllowService('referral')
    authorise(@Body() request: AuthoriseRequest): AuthorisationAnswer {
      if (neighbours.out === 'consent') throw new Unavailable('out', 'Out of service.');
      const answer = neighbours.decide(request);
      neighbours.asked.push({ ...request, answered: answer.outcome });
      return answer;
    }
  }
  @Controller('persons/:id')
  class IntakeController {
    @Get('agencies/:agency')
    @AllowService('referral')
    involved(@Param('id') id: string, @Param('agency') agency: string, @Res() reply: FastifyReply): void {
      if (!neighbours.involved.has(`${id} ${agency}`)) throw new NotFound();
      void reply.status(204).send();
    }

    @Post('disclosures')
    @HttpCode(200)
    @AllowService('referral')
    async disclose(@Body() request: { categories: string[] }): Promise<{ fields: Record<string, unknown> }> {
      await neighbours.between?.();
      if (neighbours.out === 'intake') throw new Unavailable('out', 'Out of service.');
      neighbours.fetched.push(request.categories);
      return { fields: neighbours.fields };
    }
  }
  @Module({ controllers: [ConsentController] })
  class ConsentModule {}
  @Module({ controllers: [IntakeController] })
  class IntakeModule {}
  return [
    { name: 'consent', title: 'Consent', description: 'Stand-in.', modules: [ConsentModule] },
    { name: 'intake', title: 'Intake', description: 'Stand-in.', modules: [IntakeModule] },
  ];
}

const envelope = (type: string, source: string, person: string, data: object): CloudEvent => ({
  specversion: '1.0',
  id: randomUUID(),
  source,
  type,
  subject: person,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  partitionkey: person,
  correlationid: randomUUID(),
  causationid: randomUUID(),
  occurredat: new Date().toISOString(),
  actoruser: person,
  actorrole: 'person',
  revision: 0,
  data,
});

export const consentWithdrawn = (personId: string, grantIds: readonly string[]) => ({
  topic: consentEvents.ConsentWithdrawn.topic,
  event: envelope(consentEvents.ConsentWithdrawn.type, '/tsunagu/consent', personId, {
    personId,
    parties: [],
    grantIds,
  }),
});

export const personErased = (personId: string) => ({
  topic: intakeEvents.PersonErased.topic,
  event: envelope(intakeEvents.PersonErased.type, '/tsunagu/intake', personId, {
    personId,
    parties: [],
    erasureId: randomUUID(),
    keysDestroyed: 1,
  }),
});
