import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One referral as a handoff of information: who gave what to whom, on what it rested, and what became of it. */
@Entity('handoffs')
export class HandoffRow {
  @PrimaryColumn('uuid') referralId!: string;
  @Column('uuid') threadId!: string;
  @Column('uuid') personId!: string;
  @Column('text') fromAgency!: string;
  @Column('text', { nullable: true }) toAgency!: string | null;
  @Column('timestamptz', { nullable: true }) sentAt!: Date | null;
  /** When the data were given: at the sending, or at the claim of an open call. */
  @Column('timestamptz', { nullable: true }) givenAt!: Date | null;
  @Column('text', { nullable: true }) authorisationId!: string | null;
  @Column('jsonb') grantIds!: readonly string[];
  @Column('jsonb') categories!: readonly string[];
  /** What was last heard of it, as the end of the event's name: `sent`, `accepted`, `cancelled`… */
  @Column('text') status!: string;
  @Column('text', { nullable: true }) outcome!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('timestamptz', { nullable: true }) withdrawalNotifiedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) acknowledgeBy!: Date | null;
  @Column('timestamptz', { nullable: true }) acknowledgedAt!: Date | null;
  @Column('text', { nullable: true }) disposition!: string | null;
  @Column('jsonb') parties!: readonly string[];
  /** Latest revision heard of: an event that comes late changes no status. */
  @Column('int') revision!: number;
}
