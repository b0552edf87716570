import { categoryOf, type RecordedEvent } from '@tsunagu/event-sourcing';
import type { ReadModel } from '@tsunagu/read-models';
import type { NoticePublished } from './domain/events';
import { NoticeRow } from './notices.entity';

export const noticeRows: ReadModel<NoticeRow, RecordedEvent> = {
  name: 'notices',
  entity: NoticeRow,
  keysOf: ({ stream, data }) => {
    if (categoryOf(stream) !== 'notice') return [];
    const { noticeId, version } = data as NoticePublished;
    return [`${noticeId}:${version}`];
  },
  evolve: (_, { data, recordedAt, revision }, key) => {
    const { noticeId, version, texts } = data as NoticePublished;
    return { key, noticeId, version, texts, publishedAt: new Date(recordedAt), revision };
  },
};
