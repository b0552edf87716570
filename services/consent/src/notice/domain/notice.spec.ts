import { specFor } from '@tsunagu/testing';
import type { NoticeEvent } from './events';
import { isPublished, notice } from './notice';

const given = specFor(notice);
const text = (language: string) => ({
  language,
  title: '情報共有のお知らせ',
  body: 'つなぎ先に伝える内容を選べます。',
});
const publish = (...languages: readonly string[]) =>
  ({ type: 'PublishNotice', noticeId: 'sharing', texts: languages.map(text) }) as const;
const published = (version: number, ...languages: readonly string[]): NoticeEvent => ({
  type: 'NoticePublished',
  data: { noticeId: 'sharing', version, texts: languages.map(text) },
});

describe('a notice is a text that never changes', () => {
  it('a changed text is the next version', () => {
    given()
      .when(publish('ja', 'en'))
      .then(published(1, 'ja', 'en'));
    given(published(1, 'ja'))
      .when(publish('ja', 'vi'))
      .then(published(2, 'ja', 'vi'));
  });
  it('which loses no language', () =>
    given(published(1, 'ja', 'en'))
      .when(publish('ja'))
      .thenRejected('language-lost'));
  it('has a text, one for each language', () => {
    given().when(publish()).thenRejected('notice-without-text');
    given().when(publish('ja', 'ja')).thenRejected('language-twice');
  });
  it('somebody can have read only what was published', () => {
    const state = [published(1, 'ja'), published(2, 'ja', 'en')].reduce(notice.evolve, notice.initial);
    expect(isPublished(state, 1, 'ja')).toBe(true);
    expect(isPublished(state, 1, 'en')).toBe(false);
    expect(isPublished(state, 2, 'en')).toBe(true);
    expect([0, 3, -1, 1.5, NaN].some((version) => isPublished(state, version, 'ja'))).toBe(false);
  });
});
