import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which open plan leans on which service of the directory, as the bus has told. */
@Entity('plan_leans')
export class PlanLeanRow {
  @PrimaryColumn('text') planId!: string;
  @Column('jsonb') leansOn!: readonly string[];
}

/** Services that do not run as usual now. */
@Entity('disturbed_services')
export class DisturbedServiceRow {
  @PrimaryColumn('text') serviceId!: string;
}
