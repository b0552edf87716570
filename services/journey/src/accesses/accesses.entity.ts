import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One look at something about a person, or the decision on one; refusals too. */
@Entity('accesses')
export class AccessRow {
  @PrimaryColumn('uuid') eventId!: string;
  @Column('uuid') personId!: string;
  @Column('text') kind!: 'view' | 'decision' | 'emergency-access';
  @Column('text') service!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') user!: string;
  @Column('text', { nullable: true }) agency!: string | null;
  @Column('text') role!: string;
  @Column('text') subject!: string;
  @Column('text') subjectId!: string;
  @Column('jsonb') categories!: readonly string[];
  @Column('text', { nullable: true }) purpose!: string | null;
  @Column('text') action!: string;
  @Column('text') basis!: string;
  @Column('text', { nullable: true }) authorisationId!: string | null;
  @Column('text', { nullable: true }) emergencyAccessId!: string | null;
  @Column('text') outcome!: 'shown' | 'permitted' | 'refused';
  @Column('text', { nullable: true }) reason!: string | null;
}
