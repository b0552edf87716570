import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One time that data reached somebody else, and what it says it rests on. */
@Entity('disclosures')
export class DisclosureRow {
  @PrimaryColumn('uuid') eventId!: string;
  @Column('uuid') personId!: string;
  @Column('text') kind!: 'sent' | 'claimed' | 'information' | 'outcome' | 'transfer' | 'read';
  @Column('text') subjectId!: string;
  /** Null where one of our services fetched on an agency's behalf. */
  @Column('text', { nullable: true }) recipientAgency!: string | null;
  @Column('text', { nullable: true }) authorisationId!: string | null;
  @Column('jsonb') categories!: readonly string[];
  @Column('timestamptz') at!: Date;
}
