export type Language = 'ja' | 'en';

/** Japanese first; English where `?lang=en` asks for it. */
export const languageOf = (wanted: string | undefined): Language => (wanted === 'en' ? 'en' : 'ja');

/** For both languages at once, the words of the one asked for. */
export type Say = (ja: string, en: string) => string;

export const say =
  (language: Language): Say =>
  (ja, en) =>
    language === 'en' ? en : ja;

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
