/** Words by language; English where a language is missing. */
const WORDS = {
  en: {
    title: "Insights",
    lastHour: "The last hour, minute by minute.",
    calls: "Calls",
    errors: "Errors",
    slowest: "Slowest p95",
    duration: "Duration",
    all: "All plugins",
    plugin: "Plugin",
    trend: "Trend",
    none: "No plugin was called in the last hour.",
    unmeasured: "Metrics cannot be read",
    chartOf: (what: string, whose: string) => `${what} of ${whose} in the last hour`,
    choose: (name: string) => `Show ${name}`,
  },
  de: {
    title: "Einblicke",
    lastHour: "Die letzte Stunde, Minute für Minute.",
    calls: "Aufrufe",
    errors: "Fehler",
    slowest: "Langsamstes p95",
    duration: "Dauer",
    all: "Alle Plugins",
    plugin: "Plugin",
    trend: "Verlauf",
    none: "In der letzten Stunde wurde kein Plugin aufgerufen.",
    unmeasured: "Die Messwerte sind nicht lesbar",
    chartOf: (what: string, whose: string) => `${what} von ${whose} in der letzten Stunde`,
    choose: (name: string) => `${name} zeigen`,
  },
} as const;

export type Words = (typeof WORDS)[keyof typeof WORDS];

export const wordsOf = (locale: string): Words => (locale.startsWith("de") ? WORDS.de : WORDS.en);

/** `1,204` or `1.204`, as the person writes it. */
export const numbersOf = (locale: string): ((value: number) => string) => {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  return (value) => format.format(value);
};

/** Milliseconds as people read them: `3.2 ms`, `1.4 s`. */
export const durationsOf = (locale: string): ((ms: number) => string) => {
  const format = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 2 }).format(value);
  return (ms) => (ms >= 1_000 ? format(ms / 1_000, "second") : format(ms, "millisecond"));
};
