import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One fact of a person's journey, from any service. References and codes only: no service publishes content. */
@Entity('timeline')
export class TimelineRow {
  @PrimaryColumn('uuid') eventId!: string;
  @Column('uuid') personId!: string;
  /** Agencies that were party to the fact, and so may see it. */
  @Column('jsonb') parties!: readonly string[];
  @Column('text') service!: string;
  @Column('text') type!: string;
  @Column('text') subject!: string;
  @Column('timestamptz') occurredAt!: Date;
  @Column('timestamptz') recordedAt!: Date;
  @Column('text') actorUser!: string;
  @Column('text', { nullable: true }) actorAgency!: string | null;
  @Column('text') actorRole!: string;
  @Column('text', { nullable: true }) onBehalfOf!: string | null;
  @Column('text', { nullable: true }) purpose!: string | null;
  @Column('text', { nullable: true }) authorisationId!: string | null;
  /** The emergency access that it belongs to, where there is one. */
  @Column('text', { nullable: true }) emergencyAccessId!: string | null;
  @Column('boolean') unsafeToTell!: boolean;
  /** What the contract says beyond person and parties. */
  @Column('jsonb') facts!: object;
}
