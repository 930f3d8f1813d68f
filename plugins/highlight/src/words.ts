/** Words by language; English where a language is missing. */
const WORDS = {
  en: {
    title: "Highlight",
    text: "Text",
    language: "Language",
    guess: "Guess",
    preview: "Preview",
    placeholder: "Type or paste code or Markdown here.",
    empty: "The preview shows here.",
    guessed: (name: string) => `looks like ${name}`,
  },
  de: {
    title: "Hervorheben",
    text: "Text",
    language: "Sprache",
    guess: "Erraten",
    preview: "Vorschau",
    placeholder: "Hier Code oder Markdown eingeben oder einfügen.",
    empty: "Hier erscheint die Vorschau.",
    guessed: (name: string) => `sieht aus wie ${name}`,
  },
} as const;

export type Words = (typeof WORDS)[keyof typeof WORDS];

export const wordsOf = (locale: string): Words => (locale.startsWith("de") ? WORDS.de : WORDS.en);
