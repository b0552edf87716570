import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { MinRevision, NoticeQuery, PublishNotice } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import { Allow, awaitRevision, Context, NotFound } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { HandleNotice, type NoticeHandled } from './notice.handler';
import { NoticeRow } from './notices.entity';

class PublishNoticeDto extends createZodDto(PublishNotice) {}
class NoticeQueryDto extends createZodDto(NoticeQuery.extend(MinRevision.shape)) {}

/** The texts that consent refers to. They are the same for everybody and hold nothing about anybody. */
@ApiTags('notices')
@Controller('notices')
export class NoticeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly reads: DataSource,
  ) {}

  @Post()
  @Allow('supervisor', 'agency-admin')
  async publish(@Body() { noticeId, texts }: PublishNoticeDto, @Context() context: CommandContext) {
    const command = { type: 'PublishNotice', noticeId, texts } as const;
    const { revision, events } = await this.commands.execute<HandleNotice, NoticeHandled>(
      new HandleNotice(command, context),
    );
    return { id: noticeId, revision, version: events[0]?.data.version };
  }

  /** The latest version of each, with its languages and titles. */
  @Get()
  @Allow('person', 'caseworker', 'supervisor', 'agency-admin', 'auditor')
  async list() {
    const rows = await this.reads
      .getRepository(NoticeRow)
      .createQueryBuilder('n')
      .distinctOn(['n.noticeId'])
      .orderBy('n.noticeId')
      .addOrderBy('n.version', 'DESC')
      .getMany();
    const titled = ({ noticeId, version, texts, publishedAt }: NoticeRow) => ({
      ...{ id: noticeId, version, publishedAt },
      texts: texts.map(({ language, title }) => ({ language, title })),
    });
    return { notices: rows.map(titled) };
  }

  @Get(':id')
  @Allow('person', 'caseworker', 'supervisor', 'agency-admin', 'auditor')
  async one(@Param('id') id: string, @Query() { version, language, minRevision }: NoticeQueryDto) {
    const rows = this.reads.getRepository(NoticeRow);
    await awaitRevision(async () => (await rows.maximum('revision', { noticeId: id })) ?? undefined, minRevision);
    const where = { noticeId: id, ...(version === undefined ? {} : { version }) };
    const row = await rows.findOne({ where, order: { version: 'DESC' } });
    const texts = row?.texts.filter((text) => language === undefined || text.language === language) ?? [];
    if (!row || texts.length === 0) throw new NotFound();
    return { id, version: row.version, publishedAt: row.publishedAt, texts };
  }
}
