import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One grant or denial as it stands now. */
@Entity('grants')
export class GrantRow {
  @PrimaryColumn('uuid') grantId!: string;
  @Column('uuid') personId!: string;
  @Column('text') effect!: 'permit' | 'deny';
  @Column('jsonb') purposes!: readonly string[];
  @Column('jsonb') categories!: readonly string[];
  @Column('jsonb') recipients!: readonly object[];
  @Column('jsonb') actions!: readonly string[];
  @Column('timestamptz') from!: Date;
  @Column('timestamptz') until!: Date;
  @Column('text') form!: string;
  @Column('jsonb', { nullable: true }) notice!: object | null;
  @Column('text', { nullable: true }) relationship!: string | null;
  @Column('timestamptz', { nullable: true }) mandateUntil!: Date | null;
  @Column('boolean') witnessed!: boolean;
  @Column('text') recordedBy!: string;
  @Column('text', { nullable: true }) recordedByAgency!: string | null;
  @Column('timestamptz') recordedAt!: Date;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
  @Column('jsonb') parties!: readonly string[];
  /** Of the last event that changed it. */
  @Column('int') revision!: number;
}
