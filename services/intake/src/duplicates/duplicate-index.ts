import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tsunagu/platform';
import { DataSource, type EntityManager, In, Not } from 'typeorm';
import { agenciesOf, identityFor, type Person } from '../person/domain/person';
import { type IdentityFields, IdentitySeals } from '../person/identity-seals';
import { DuplicateKeyRow, type Likeness } from './duplicate-key-row.entity';
import { isReading, readingForms, writtenForm } from './names';

export interface PossibleDuplicate {
  readonly personId: string;
  readonly because: readonly Likeness[];
}

type Key = Pick<DuplicateKeyRow, 'hash' | 'likeness'>;

/** Recognises a person within one agency without keeping a readable name: every agency has a hash key of its own. */
@Injectable()
export class DuplicateIndex {
  private readonly secret: Buffer;

  constructor(
    private readonly seals: IdentitySeals,
    private readonly reads: DataSource,
    @Inject(CONFIG) config: ServiceConfig,
  ) {
    this.secret = Buffer.from(config.secrets.fingerprintKey, 'base64');
  }

  /** Makes the person's rows anew, from what each agency may see of their identity now. */
  async refresh(personId: string, state: Person, tx: EntityManager): Promise<void> {
    const rows = tx.getRepository(DuplicateKeyRow);
    await rows.delete({ personId });
    if (state.status !== 'known') return;
    for (const agency of agenciesOf(state)) {
      const keys = await this.keysOf(personId, state, agency);
      await rows.insert(keys.map((key) => ({ ...key, agency, personId })));
    }
  }

  /** Other records of the agency that may be the same person. */
  async find(personId: string, state: Person, agency: string): Promise<readonly PossibleDuplicate[]> {
    const keys = await this.keysOf(personId, state, agency);
    if (keys.length === 0) return [];
    const hashes = In(keys.map((key) => key.hash));
    const rows = await this.reads
      .getRepository(DuplicateKeyRow)
      .find({ where: { agency, hash: hashes, personId: Not(personId) }, order: { personId: 'ASC', likeness: 'ASC' } });
    const found = new Map<string, Set<Likeness>>();
    for (const row of rows) found.set(row.personId, (found.get(row.personId) ?? new Set()).add(row.likeness));
    return [...found].map(([other, because]) => ({ personId: other, because: [...because] }));
  }

  private async keysOf(personId: string, state: Person, agency: string): Promise<readonly Key[]> {
    const record = identityFor(state, { kind: 'worker', agency, user: 'index' });
    const identity = record && (await this.seals.open(personId, record));
    if (!identity) return [];
    const key = createHmac('sha256', this.secret).update(`tsunagu/intake/duplicates/${agency}`).digest();
    const hash = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
    return [
      ...new Map(likenessesOf(identity).map(({ likeness, text }) => [text, { likeness, hash: hash(text) }])).values(),
    ];
  }
}

/** What two records of one person have in common, as text to be hashed. */
export function likenessesOf(identity: IdentityFields): readonly { likeness: Likeness; text: string }[] {
  const { name, kana, birthDate } = identity;
  const reading = kana ?? (isReading(name) ? name : undefined);
  const names = [
    `w:${writtenForm(name)}`,
    ...(reading === undefined ? [] : readingForms(reading).map((form) => `r:${form}`)),
  ];
  const phone = identity.phone && domestic(figuresOf(identity.phone));
  const postcode = identity.postcode && figuresOf(identity.postcode);
  const of = (likeness: Likeness, ...parts: string[]) => ({ likeness, text: JSON.stringify([likeness, ...parts]) });
  return [
    ...(birthDate ? names.map((form) => of('name-and-birth-date', form, birthDate)) : []),
    ...(postcode ? names.map((form) => of('name-and-postcode', form, postcode)) : []),
    ...(phone ? [of('phone', phone)] : []),
  ];
}

const figuresOf = (text: string): string => text.normalize('NFKC').replace(/\D/g, '');

/** +81 90 … and 090… are one number. */
const domestic = (figures: string): string => figures.replace(/^81(?=[1-9]\d{8,9}$)/, '0');
