import { Injectable } from '@nestjs/common';
import { dateInJapan } from '@tsunagu/calendar';
import type { ServiceGauge } from '@tsunagu/platform';
import { DataSource, LessThan } from 'typeorm';
import { PlanRow } from '../plans/plans.entity';

/** How many people wait for a contact that should have been made. */
@Injectable()
export class OverdueContacts implements ServiceGauge {
  readonly name = 'tsunagu.contacts.overdue';
  readonly description = 'Open plans whose next contact was due before today.';
  readonly unit = '{contact}';

  constructor(private readonly reads: DataSource) {}

  read(now: Date): Promise<number> {
    const today = dateInJapan(now.toISOString());
    return this.reads.getRepository(PlanRow).countBy({ status: 'open', nextContactOn: LessThan(today) });
  }
}
