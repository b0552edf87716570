import type { Sector } from '@tsunagu/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An agency that the directory names, and its sector: for counting, and so that nothing is routed to nobody. */
@Entity('agency_rows')
export class AgencyRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') sector!: Sector;
}
