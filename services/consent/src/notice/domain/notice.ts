import { Rejection, type Decider } from '@tsunagu/event-sourcing';
import type { NoticeEvent, NoticeText } from './events';

export interface PublishNotice {
  readonly type: 'PublishNotice';
  readonly noticeId: string;
  readonly texts: readonly NoticeText[];
}

/** Languages of every version; a version is its place in the list, counted from 1. */
export type NoticeState = { readonly versions: readonly (readonly string[])[] };

/** A new text is a new version; whoever agreed to an earlier one agreed to that one. */
export const notice: Decider<PublishNotice, NoticeEvent, NoticeState> = {
  category: 'notice',
  initial: { versions: [] },
  evolve: (state, event) => ({
    versions: [...state.versions, event.data.texts.map((text) => text.language)],
  }),
  decide: ({ noticeId, texts }, state) => {
    const languages = texts.map((text) => text.language);
    if (languages.length === 0) throw new Rejection('notice-without-text', 'A notice needs a text.', 'texts');
    if (new Set(languages).size < languages.length) {
      throw new Rejection('language-twice', 'Give one text for each language.', 'texts');
    }
    const lost = (state.versions.at(-1) ?? []).filter((language) => !languages.includes(language));
    if (lost.length > 0) {
      throw new Rejection('language-lost', `The version before this one is also kept in: ${lost.join(', ')}.`, 'texts');
    }
    return [{ type: 'NoticePublished', data: { noticeId, version: state.versions.length + 1, texts } }];
  },
};

/** Whether somebody can have read this. */
export const isPublished = (state: NoticeState, version: number, language: string): boolean =>
  state.versions[version - 1]?.includes(language) ?? false;
