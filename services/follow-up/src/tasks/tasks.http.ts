import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Task } from '@tsunagu/contracts';
import { agencyOf, Allow, type Asker, CurrentActor } from '@tsunagu/platform';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { PlanTasksRow } from './tasks.entity';

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(private readonly reads: DataSource) {}

  /** Open tasks of the agency's plans, the most pressing first. */
  @Get()
  @Allow('caseworker', 'supervisor', 'agency-admin')
  async list(@CurrentActor() asker: Asker): Promise<{ tasks: z.infer<typeof Task>[] }> {
    const rows = await this.reads.getRepository(PlanTasksRow).findBy({ agency: agencyOf(asker) });
    const tasks = rows.flatMap(({ planId, personId, owner, tasks }) =>
      tasks.map(({ taskId, ...task }) => ({ id: taskId, planId, personId, owner, ...task })),
    );
    return { tasks: tasks.sort((a, b) => a.dueOn.localeCompare(b.dueOn)) };
  }
}
