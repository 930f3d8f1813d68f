import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const SECOND_MS = 1_000;
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 24 * 60 * 60 * SECOND_MS],
  ["hour", 60 * 60 * SECOND_MS],
  ["minute", 60 * SECOND_MS],
  ["second", SECOND_MS],
];
/** Longer ago than this, the day says more than the distance, in milliseconds. */
const RELATIVE_UP_TO_MS = 30 * 24 * 60 * 60 * SECOND_MS;
/** Prices are told in millionths of a currency. */
const MONEY_DECIMALS = 6;
const CENT_DECIMALS = 2;
const UNIT_STEP = 1_024;
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Numbers and times as the reader's language writes them. */
export interface Formats {
  /** What stands before the fraction of a number. */
  readonly separator: "." | ",";
  number(value: number): string;
  /** A share from 0 to 1 as a percentage. */
  percent(share: number): string;
  /** A number that has little room: 12K, 3.4M; of parts of one the first digits. */
  compact(value: number): string;
  /** An amount of a currency (ISO 4217) to its last decimal, of which there are six at the most; with `short`, cents where it is one or more. */
  money(value: number, currency: string, precision?: "short"): string;
  /** Bytes in the unit that suits: 1,204 bytes, 3.4 MB. */
  bytes(value: number): string;
  /** Date and time of an RFC 3339 text. */
  dateTime(at: string): string;
  /** A day such as 2026-11-30; with `short` without its year. */
  day(day: string, precision?: "short"): string;
  /** Time of day of an RFC 3339 text, to the second; with `short` to the minute. */
  time(at: string, precision?: "short"): string;
  /** A duration in milliseconds in the unit that suits: 340 ms, 1.2 s. */
  duration(ms: number): string;
  /** How long ago it was; the date when that is long. */
  ago(at: string): string;
  /** Words as a list: a, b and c. */
  list(words: readonly string[]): string;
}

const formatsOf = (language: string): Formats => {
  const number = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const plainDay = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const parts = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const shortClock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const spanOf = (unit: "millisecond" | "second") =>
    new Intl.NumberFormat(language, { style: "unit", unit, maximumSignificantDigits: 3 });
  const milliseconds = spanOf("millisecond");
  const seconds = spanOf("second");
  const list = new Intl.ListFormat(language);
  return {
    separator: number.format(1.5).includes(",") ? "," : ".",
    number: (value) => number.format(value),
    compact: (value) => (value < 1 ? parts : compact).format(value),
    money: (value, currency, precision) =>
      new Intl.NumberFormat(language, {
        style: "currency",
        currency,
        maximumFractionDigits: precision === "short" && value >= 1 ? CENT_DECIMALS : MONEY_DECIMALS,
      }).format(value),
    percent: (share) => percent.format(share),
    bytes: (value) => {
      const power = Math.min(
        BYTE_UNITS.length - 1,
        Math.floor(Math.log(Math.max(1, value)) / Math.log(UNIT_STEP)),
      );
      const unit = BYTE_UNITS[power] ?? "byte";
      return new Intl.NumberFormat(language, {
        style: "unit",
        unit,
        unitDisplay: unit === "byte" ? "long" : "short",
        maximumFractionDigits: 1,
      }).format(value / UNIT_STEP ** power);
    },
    day: (text, precision) => (precision === "short" ? shortDay : plainDay).format(new Date(text)),
    dateTime: (at) => dateTime.format(new Date(at)),
    time: (at, precision) => (precision === "short" ? shortClock : clock).format(new Date(at)),
    duration: (ms) =>
      ms < SECOND_MS ? milliseconds.format(Math.round(ms * 10) / 10) : seconds.format(ms / SECOND_MS),
    ago: (at) => {
      const distance = new Date(at).getTime() - Date.now();
      if (Math.abs(distance) > RELATIVE_UP_TO_MS) return day.format(new Date(at));
      const [unit, length] = STEPS.find(([, ms]) => Math.abs(distance) >= ms) ?? ["second", SECOND_MS];
      return relative.format(Math.round(distance / length), unit);
    },
    list: (words) => list.format(words),
  };
};

/** The language as it is written where the person lives, as far as the browser knows: days before months, 24 hours. */
const localeOf = (language: string): string =>
  navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

/** Formats of the chosen language. */
export const useFormats = (): Formats => {
  const { i18n } = useTranslation();
  return useMemo(() => formatsOf(localeOf(i18n.language)), [i18n.language]);
};
