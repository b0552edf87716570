import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { WithdrawnRow } from './withdrawal.entity';

@Injectable()
export class WithdrawnConsent {
  constructor(private readonly reads: DataSource) {}

  /** Whether any of these grants is known here to be withdrawn, or the person erased. */
  includes(personId: string, grantIds: readonly string[]): Promise<boolean> {
    return this.reads.getRepository(WithdrawnRow).existsBy({ personId, grantId: In([...grantIds, 'all']) });
  }

  erased(personId: string): Promise<boolean> {
    return this.includes(personId, []);
  }
}
