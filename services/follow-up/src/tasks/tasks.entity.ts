import type { Task } from '../plan/domain/events';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The open tasks of a plan, as one row, so that a change of owner or agency reaches them all. */
@Entity('plan_tasks')
export class PlanTasksRow {
  @PrimaryColumn('text') planId!: string;
  @Column('text') personId!: string;
  @Column('text') agency!: string;
  @Column('text') owner!: string;
  @Column('jsonb') tasks!: readonly Task[];
}
