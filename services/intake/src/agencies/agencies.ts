import { Injectable } from '@nestjs/common';
import { type CloudEvent, referralEvents, type Sector } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';
import type { WritingConsumer } from '@tsunagu/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { AgencyRow } from './agency-row.entity';

const { OrganisationListed } = referralEvents;

/** Learns the agencies from the directory. */
@Injectable()
export class AgencyConsumer implements WritingConsumer {
  readonly group = 'intake-agencies';
  readonly events = [OrganisationListed];

  async handle(event: CloudEvent, tx: EntityManager): Promise<void> {
    const { managedBy, sector } = OrganisationListed.schema.parse(event.data);
    if (managedBy === undefined) return;
    await tx.createQueryBuilder().insert().into(AgencyRow).values({ id: managedBy, sector }).orIgnore().execute();
  }
}

@Injectable()
export class Agencies {
  constructor(private readonly reads: DataSource) {}

  async sectorOf(agency: string | null): Promise<Sector | 'unrouted' | 'unknown'> {
    if (agency === null) return 'unrouted';
    const row = await this.reads.getRepository(AgencyRow).findOneBy({ id: agency });
    return row?.sector ?? 'unknown';
  }

  /** @throws Rejection (`agency-unknown`) when the directory names agencies, but not this one */
  async mustExist(agency: string, field: string): Promise<void> {
    const rows = this.reads.getRepository(AgencyRow);
    if ((await rows.existsBy({ id: agency })) || (await rows.count()) === 0) return;
    throw new Rejection(
      'agency-unknown',
      'There is no such agency in the directory. Choose one that is listed.',
      field,
    );
  }
}
