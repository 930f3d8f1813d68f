import hljs from "highlight.js/lib/common";

export interface Language {
  readonly name: string;
  readonly title: string;
}

/** The languages that are known, by title. */
export const LANGUAGES: readonly Language[] = hljs
  .listLanguages()
  .map((name) => ({ name, title: hljs.getLanguage(name)?.name ?? name }))
  .sort((a, b) => a.title.localeCompare(b.title));

/** Guessing tries every language: the beginning of a long text says as much as the whole. */
const MAX_GUESSED_LENGTH = 20_000;

/** The language that the text most looks like, or null for plain text. */
export const guessLanguage = (text: string): string | null =>
  hljs.highlightAuto(text.slice(0, MAX_GUESSED_LENGTH)).language ?? null;

/** The text as HTML with a class for each kind of word. Everything in it is escaped. */
export const highlight = (text: string, language: string | null): string =>
  language === null || hljs.getLanguage(language) === undefined
    ? escapeHtml(text)
    : hljs.highlight(text, { language, ignoreIllegals: true }).value;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
