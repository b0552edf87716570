import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One recorded decision: an authorisation or a refusal. */
@Entity('decisions')
export class DecisionRow {
  @PrimaryColumn('uuid') decisionId!: string;
  @Column('uuid') personId!: string;
  @Column('text') outcome!: 'permitted' | 'refused';
  @Column('text') code!: string;
  @Column('text') recipientAgency!: string;
  @Column('text') recipientUser!: string;
  @Column('text') recipientRole!: string;
  @Column('text', { nullable: true }) discloserAgency!: string | null;
  @Column('text') purpose!: string;
  @Column('jsonb') categories!: readonly string[];
  @Column('text') action!: string;
  @Column('text') legalBasis!: string;
  @Column('text') subject!: string;
  @Column('text') subjectId!: string;
  @Column('jsonb') grantIds!: readonly string[];
  @Column('text', { nullable: true }) restsOn!: string | null;
  @Column('timestamptz') at!: Date;
  @Column('timestamptz', { nullable: true }) until!: Date | null;
  @Column('text') policyVersion!: string;
  @Column('int') consentRevision!: number;
  @Column('jsonb') parties!: readonly string[];
  @Column('int') revision!: number;
}
