import { Injectable } from '@nestjs/common';
import type { Sector } from '@tsunagu/contracts';
import { DataSource } from 'typeorm';
import { OrganisationRow } from '../directory/listing/rows.entity';

/** Sector of an agency as the directory has it, for counting. */
@Injectable()
export class Sectors {
  constructor(private readonly reads: DataSource) {}

  async of(agency: string | undefined): Promise<Sector | 'unknown'> {
    if (agency === undefined) return 'unknown';
    const rows = this.reads.getRepository(OrganisationRow);
    const organisation = await rows.findOne({ where: { managedBy: agency }, order: { id: 'ASC' } });
    return organisation?.sector ?? 'unknown';
  }
}
