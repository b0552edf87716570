import { Inject, Injectable } from '@nestjs/common';
import type { DataCategory } from '@tsunagu/contracts';
import { SEALER } from '@tsunagu/platform';
import type { SealContext, Sealer, Sealed } from '@tsunagu/sealing';
import type { Disclosure } from './domain/events';

/** Where a text of a referral belongs: whose it is, and which agency may be shown it. */
export interface Place {
  readonly referralId: string;
  readonly personId: string;
  readonly agency: string;
}

export type PlainFields = { readonly [Category in DataCategory]?: unknown };

/** The one place where what a referral carries is sealed and opened. */
@Injectable()
export class ReferralSeals {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  sealText(place: Place, category: DataCategory, path: string, text: string): Promise<Sealed> {
    return this.sealer.seal(contextOf(place, category, path), text);
  }

  async openText(place: Place, category: DataCategory, path: string, sealed: Sealed): Promise<string> {
    return String(await this.sealer.open(contextOf(place, category, path), sealed));
  }

  /** Seals each field for the recipient; categories that hold nothing stay out of the snapshot. */
  async sealFields(place: Place, authorisationId: string, fields: PlainFields): Promise<Disclosure['fields']> {
    const held = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
    const sealed = held.map(async ([category, value]) => {
      const context = contextOf(place, category as DataCategory, authorisationId);
      return [category, await this.sealer.seal(context, value)] as const;
    });
    return Object.fromEntries(await Promise.all(sealed));
  }

  async openFields(place: Place, { authorisationId, fields }: Disclosure): Promise<PlainFields> {
    const opened = Object.entries(fields).map(async ([category, sealed]) => {
      const context = contextOf(place, category as DataCategory, authorisationId);
      return [category, await this.sealer.open(context, sealed)] as const;
    });
    return Object.fromEntries(await Promise.all(opened));
  }
}

/** `path` holds the authorisation of a snapshot, so that no field can be moved from one disclosure into another. */
const contextOf = ({ referralId, personId, agency }: Place, category: DataCategory, path: string): SealContext => ({
  person: personId,
  category,
  agency,
  stream: `referral-${referralId}`,
  type: 'referral',
  path,
});
