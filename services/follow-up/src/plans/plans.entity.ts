import type { Mode, PlanOutcome } from '@tsunagu/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row a plan: the worklist. No words of anybody, only who, when and how. */
@Entity('plans')
export class PlanRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') personId!: string;
  @Column('text') agency!: string;
  @Column('text') owner!: string;
  @Column('text') status!: 'open' | 'closed';
  @Column('text') nextContactOn!: string;
  @Column('text') nextContactMode!: Mode;
  @Column('int') overdueLevel!: number;
  @Column('int') openTasks!: number;
  @Column('jsonb') leansOn!: readonly string[];
  @Column('text', { nullable: true }) referralId!: string | null;
  @Column('text', { nullable: true }) transferTo!: string | null;
  @Column('text', { nullable: true }) outcome!: PlanOutcome | null;
  @Column('int') revision!: number;
}
