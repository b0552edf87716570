import { Inject, Injectable } from '@nestjs/common';
import { Rejection } from '@tsunagu/event-sourcing';
import { SEALER } from '@tsunagu/platform';
import { Erased, type SealContext, type Sealed, type Sealer } from '@tsunagu/sealing';

/** Names and descriptions of a person's consent stream, sealed under that person's keys. */
@Injectable()
export class PersonSeals {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  /** @throws Rejection `person-erased` when there are no keys any more */
  async seal(personId: string, agency: string | undefined, type: string, path: string, text: string): Promise<Sealed> {
    try {
      return await this.sealer.seal(contextOf(personId, agency, type, path), text);
    } catch (error) {
      if (!(error instanceof Erased)) throw error;
      throw new Rejection('person-erased', 'The data of this person were erased; nothing can be recorded any more.');
    }
  }

  /** @returns undefined when the person was erased */
  async open(
    personId: string,
    agency: string | undefined,
    type: string,
    path: string,
    sealed: Sealed,
  ): Promise<string | undefined> {
    try {
      return String(await this.sealer.open(contextOf(personId, agency, type, path), sealed));
    } catch (error) {
      if (error instanceof Erased) return undefined;
      throw error;
    }
  }

  forget(personId: string): void {
    this.sealer.forget(personId);
  }
}

/** What the person records themselves is held by no agency: the platform holds it. */
const contextOf = (person: string, agency = 'platform', type: string, path: string): SealContext => ({
  person,
  category: 'identity',
  agency,
  stream: `consent-${person}`,
  type,
  path,
});
