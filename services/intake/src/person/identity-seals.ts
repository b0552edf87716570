import { Inject, Injectable } from '@nestjs/common';
import { SEALER } from '@tsunagu/platform';
import type { SealContext, Sealed, Sealer } from '@tsunagu/sealing';
import { nullWhenErased, refusedWhenErased } from '../erased';
import type { IdentityRecord } from './domain/events';

interface Identity {
  readonly name: string;
  readonly kana?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly sex?: string | undefined;
}

interface ContactDetails {
  readonly phone?: string | undefined;
  readonly postcode?: string | undefined;
  readonly address?: string | undefined;
  readonly area?: string | undefined;
}

export type IdentityFields = Identity & ContactDetails;

const contextOf = (
  personId: string,
  { recordId, heldBy }: Pick<IdentityRecord, 'recordId' | 'heldBy'>,
  category: 'identity' | 'contact-details',
): SealContext => ({
  person: personId,
  category,
  agency: heldBy,
  stream: `person-${personId}`,
  type: 'IdentityRecorded',
  path: `${category}/${recordId}`,
});

/** Who somebody is and how to reach them: two categories, two keys, one holder. */
@Injectable()
export class IdentitySeals {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  async seal(
    personId: string,
    record: Pick<IdentityRecord, 'recordId' | 'heldBy'>,
    { name, kana, birthDate, sex, phone, postcode, address, area }: IdentityFields,
  ): Promise<{ readonly identity: Sealed; readonly contactDetails: Sealed }> {
    const [identity, contactDetails] = await Promise.all([
      refusedWhenErased(this.sealer.seal(contextOf(personId, record, 'identity'), { name, kana, birthDate, sex })),
      refusedWhenErased(
        this.sealer.seal(contextOf(personId, record, 'contact-details'), { phone, postcode, address, area }),
      ),
    ]);
    return { identity, contactDetails };
  }

  openIdentity(personId: string, record: IdentityRecord): Promise<Identity | null> {
    return nullWhenErased(
      this.sealer.open(contextOf(personId, record, 'identity'), record.identity),
    ) as Promise<Identity | null>;
  }

  openContactDetails(personId: string, record: IdentityRecord): Promise<ContactDetails | null> {
    const context = contextOf(personId, record, 'contact-details');
    return nullWhenErased(this.sealer.open(context, record.contactDetails)) as Promise<ContactDetails | null>;
  }

  /** Both; null once the person was erased. */
  async open(personId: string, record: IdentityRecord): Promise<IdentityFields | null> {
    const [identity, contact] = await Promise.all([
      this.openIdentity(personId, record),
      this.openContactDetails(personId, record),
    ]);
    return identity && { ...identity, ...contact };
  }
}
