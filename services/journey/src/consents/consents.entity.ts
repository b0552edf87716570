import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One grant or denial. The withdrawal may be heard of before the grant, which is then `known` only later. */
@Entity('consents')
export class ConsentRow {
  @PrimaryColumn('text') grantId!: string;
  @Column('uuid') personId!: string;
  @Column('boolean') known!: boolean;
  @Column('text', { nullable: true }) effect!: 'permit' | 'deny' | null;
  @Column('jsonb') purposes!: readonly string[];
  @Column('jsonb') categories!: readonly string[];
  @Column('jsonb') recipients!: readonly object[];
  @Column('jsonb') actions!: readonly string[];
  @Column('timestamptz', { nullable: true }) from!: Date | null;
  @Column('timestamptz', { nullable: true }) until!: Date | null;
  @Column('timestamptz', { nullable: true }) mandateUntil!: Date | null;
  @Column('text', { nullable: true }) form!: string | null;
  @Column('jsonb', { nullable: true }) notice!: object | null;
  @Column('boolean') byRepresentative!: boolean;
  @Column('text', { nullable: true }) recordedBy!: string | null;
  @Column('text', { nullable: true }) recordedByAgency!: string | null;
  /** Of the first event heard of it. */
  @Column('timestamptz') recordedAt!: Date;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
  /** Revision of the person's consent stream at the withdrawal. */
  @Column('int', { nullable: true }) withdrawnRevision!: number | null;
  @Column('jsonb') parties!: readonly string[];
}
