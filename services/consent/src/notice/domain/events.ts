/** One version of the text that consent refers to, in every language it is kept in. Published text never changes. */
export interface NoticePublished {
  readonly noticeId: string;
  /** 1 for the first. */
  readonly version: number;
  readonly texts: readonly NoticeText[];
}

export interface NoticeText {
  /** BCP 47 tag; `ja-Hira` is やさしい日本語. */
  readonly language: string;
  readonly title: string;
  readonly body: string;
}

export type NoticeEvent = { readonly type: 'NoticePublished'; readonly data: NoticePublished };
