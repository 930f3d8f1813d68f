import {
  type LogLevel,
  MAX_LOG_LINES_PER_SECOND,
  MAX_LOG_MESSAGE_BYTES,
  requireMeasured,
} from "@patchbay/protocol";
import type { PluginLog } from "@patchbay/sdk";
import { inspect } from "./captured.ts";
import type { Pipe } from "./pipe.ts";
import { withoutOwnFrames } from "./stacks.ts";

const SECOND_MS = 1_000;
/** The host cuts by bytes; a message this long in UTF-16 is at least as long in UTF-8. */
const MAX_MESSAGE_LENGTH = MAX_LOG_MESSAGE_BYTES;
const MAX_FIELDS_LENGTH = MAX_LOG_MESSAGE_BYTES;

const INSPECT = { colors: false, depth: 4, iterableLimit: 100, strAbbreviateSize: 1_000 };

/** Sends log lines to the host, and counts those that are too many for it. */
export class Log {
  readonly #pipe: Pipe;
  readonly #currentCall: () => number | undefined;
  #second = 0;
  #lines = 0;
  #dropped = 0;

  constructor(pipe: Pipe, currentCall: () => number | undefined) {
    this.#pipe = pipe;
    this.#currentCall = currentCall;
  }

  /** Never throws: a line that cannot be sent is lost. */
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (!this.#admit()) return;
    const call = this.#currentCall();
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#pipe.send({
      t: "log",
      level,
      message: withoutOwnFrames(String(message).slice(0, MAX_MESSAGE_LENGTH)),
      ...(fields === undefined ? {} : { fields: plainFields(fields) }),
      ...(call === undefined ? {} : { call }),
      ...(dropped > 0 ? { dropped } : {}),
    });
  }

  /** The log as plugin code gets it. */
  get forPlugin(): PluginLog {
    return {
      debug: (message, fields) => this.write("debug", message, fields),
      info: (message, fields) => this.write("info", message, fields),
      warn: (message, fields) => this.write("warn", message, fields),
      error: (message, fields) => this.write("error", message, fields),
    };
  }

  #admit(): boolean {
    const second = Math.floor(performance.now() / SECOND_MS);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    this.#lines++;
    // One more than the host keeps, so that the host, which has the last word, also knows of a surplus.
    if (this.#lines <= MAX_LOG_LINES_PER_SECOND + 1) return true;
    this.#dropped++;
    return false;
  }
}

/** The fields as JSON carries them, or a note in their place. */
const plainFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  try {
    const json = JSON.stringify(fields);
    if (json.length > MAX_FIELDS_LENGTH)
      return { note: `The fields were left out: ${json.length} characters.` };
    requireMeasured(new TextEncoder().encode(json));
    const plain: unknown = JSON.parse(json);
    return typeof plain === "object" && plain !== null && !Array.isArray(plain)
      ? { ...plain }
      : { value: plain };
  } catch (error) {
    return { note: `The fields were left out: ${String(error)}` };
  }
};

/** `console`, writing to the log. */
export const consoleFor = (log: Log): object => {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      log.write(level, format(values));
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const elapsed = (label: string): string => {
    const start = timers.get(label);
    return start === undefined
      ? `${label}: no such timer`
      : `${label}: ${(performance.now() - start).toFixed(2)} ms`;
  };
  const nothing = (): void => undefined;
  return {
    log: at("info"),
    info: at("info"),
    debug: at("debug"),
    warn: at("warn"),
    error: at("error"),
    table: at("info"),
    dir: (value: unknown) => log.write("info", inspect(value, INSPECT)),
    dirxml: at("info"),
    trace: (...values: unknown[]) =>
      log.write("debug", `${format(values)}\n${new Error("Trace").stack ?? ""}`),
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) log.write("error", `Assertion failed: ${format(values)}`);
    },
    count: (label = "default") => {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      log.write("info", `${label}: ${count}`);
    },
    countReset: (label = "default") => void counts.delete(label),
    time: (label = "default") => void timers.set(label, performance.now()),
    timeLog: (label = "default") => log.write("info", elapsed(label)),
    timeEnd: (label = "default") => {
      log.write("info", elapsed(label));
      timers.delete(label);
    },
    group: at("info"),
    groupCollapsed: at("info"),
    groupEnd: nothing,
    clear: nothing,
    timeStamp: nothing,
    profile: nothing,
    profileEnd: nothing,
  };
};

const SUBSTITUTE = /%[sdifoOjc%]/g;

/** The values as `console` shows them: the first may have places for the next ones, all others follow. */
const format = (values: readonly unknown[]): string => {
  const [first, ...rest] = values;
  const isTemplate = typeof first === "string" && rest.length > 0;
  const head = isTemplate
    ? first.replace(SUBSTITUTE, (place) => {
        if (place === "%%") return "%";
        return rest.length === 0 ? place : substitute(place, rest.shift());
      })
    : show(first);
  return values.length === 0 ? "" : [head, ...rest.map(show)].join(" ");
};

const substitute = (place: string, value: unknown): string => {
  switch (place) {
    case "%s":
      return show(value);
    case "%d":
      return String(Number(value));
    case "%i":
      return String(Math.trunc(Number(value)));
    case "%f":
      return String(Number.parseFloat(String(value)));
    case "%j":
      return JSON.stringify(value);
    // Styles are for terminals.
    case "%c":
      return "";
    default:
      return inspect(value, INSPECT);
  }
};

const show = (value: unknown): string => (typeof value === "string" ? value : inspect(value, INSPECT));
