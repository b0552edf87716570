import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One emergency access: for the supervisors who must review it, and for the person. */
@Entity('emergency_accesses')
export class EmergencyAccessRow {
  @PrimaryColumn('uuid') accessId!: string;
  @Column('uuid') personId!: string;
  @Column('text') agency!: string;
  @Column('text') user!: string;
  @Column('text') supervisor!: string;
  @Column('text') harm!: string;
  @Column('jsonb') categories!: readonly string[];
  @Column('boolean') unsafeToTell!: boolean;
  @Column('timestamptz') from!: Date;
  @Column('timestamptz') until!: Date;
  @Column('timestamptz') reviewBy!: Date;
  @Column('timestamptz', { nullable: true }) reviewedAt!: Date | null;
  @Column('text', { nullable: true }) reviewer!: string | null;
  @Column('boolean', { nullable: true }) justified!: boolean | null;
  @Column('int') revision!: number;
}
