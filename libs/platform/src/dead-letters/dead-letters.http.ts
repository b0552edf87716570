import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DeadLettersQuery, DeadLetterView } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { createZodDto } from 'nestjs-zod';
import { Allow, Context } from '../access';
import { DeadLetters } from './dead-letters';

class DeadLettersQueryDto extends createZodDto(DeadLettersQuery) {}

/** Of every service that consumes. */
@ApiTags('dead letters')
@Controller('dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  /** Events that this service's consumers gave up on, the longest waiting first. */
  @Get()
  @Allow('operator')
  list(@Query() { limit }: DeadLettersQueryDto): Promise<{ deadLetters: readonly DeadLetterView[]; more: boolean }> {
    return this.letters.list(limit);
  }

  /** 404 once its consumer has handled it. */
  @Get(':id')
  @Allow('operator')
  one(@Param('id') id: string): Promise<DeadLetterView> {
    return this.letters.one(id);
  }

  /** Puts it back to be handled again; when that fails again it is here again, with more attempts. On the record. */
  @Post(':id/redrive')
  @HttpCode(202)
  @Allow('operator')
  redrive(@Param('id') id: string, @Context() context: CommandContext): Promise<DeadLetterView> {
    return this.letters.redrive(id, context);
  }
}
