import { z } from 'zod';

/** BCP 47 tag of the language somebody asks for help in; any language is welcome. */
export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Use a BCP 47 tag such as ja, en, zh or pt-BR.')
  .max(35);

/** Languages that notices and the person's pages are kept in, to begin with. `ja-Hira` is やさしい日本語. */
export const noticeLanguages = ['ja', 'ja-Hira', 'en', 'zh', 'ko', 'vi', 'pt'] as const;
