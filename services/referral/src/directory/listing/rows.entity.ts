import type {
  Capacity,
  Mode,
  Need,
  OrganisationProfile,
  Sector,
  ServiceKind,
  ServiceProfile,
  ServiceStatus,
} from '@tsunagu/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An organisation as the directory shows it. */
@Entity('directory_organisations')
export class OrganisationRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') revision!: number;
  @Column('text') name!: string;
  @Column('text') sector!: Sector;
  @Column('text', { nullable: true }) managedBy!: string | null;
  @Column('jsonb') profile!: OrganisationProfile;
  @Column('text', { nullable: true }) source!: string | null;
  /** Everything that words are looked for in, without differences of width and case. */
  @Column('text') search!: string;
  @Column('text') changedAt!: string;
}

/** A service, activity or venue as the directory shows it. */
@Entity('directory_services')
export class ServiceRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') revision!: number;
  @Column('text') name!: string;
  @Column('text') organisationId!: string;
  @Column('text') kind!: ServiceKind;
  @Column('text') status!: ServiceStatus;
  @Column('text', { nullable: true }) statusReason!: string | null;
  @Column('jsonb') modes!: readonly Mode[];
  @Column('jsonb', { nullable: true }) capacity!: Capacity | null;
  @Column('jsonb') needs!: readonly Need[];
  @Column('jsonb') languages!: readonly string[];
  @Column('jsonb') areas!: readonly string[];
  @Column('jsonb') areaKeys!: readonly string[];
  @Column('text', { nullable: true }) managedBy!: string | null;
  @Column('jsonb') profile!: ServiceProfile;
  @Column('text', { nullable: true }) source!: string | null;
  @Column('text') search!: string;
  @Column('text') changedAt!: string;
}
