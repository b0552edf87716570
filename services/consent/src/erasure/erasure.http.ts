import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EraseConsents } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { AllowService, Context } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { type ConsentHandled, HandleConsent } from '../consent/consent.handler';
import { PersonSeals } from '../person-seals';

class EraseConsentsDto extends createZodDto(EraseConsents) {}

@ApiTags('internal')
@Controller('persons/:id/erasure')
export class ErasureController {
  constructor(
    private readonly commands: CommandBus,
    private readonly seals: PersonSeals,
  ) {}

  /** Called before an erasure is answered: from then on no decision comes out in favour of reading about the person. */
  @Post()
  @HttpCode(200)
  @AllowService('intake')
  async erase(@Param('id') id: string, @Body() { erasureId }: EraseConsentsDto, @Context() context: CommandContext) {
    this.seals.forget(id);
    const command = new HandleConsent(id, { type: 'EraseConsent', erasureId }, context);
    const { revision } = await this.commands.execute<HandleConsent, ConsentHandled>(command);
    return { id, revision };
  }
}
