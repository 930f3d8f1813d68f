import type { PluginLogLine, PluginSpec, RuntimeHost } from "@patchbay/core";
import {
  type GuestMessage,
  type LogLevel,
  MAX_LOG_LINES_PER_SECOND,
  MAX_LOG_MESSAGE_BYTES,
} from "@patchbay/protocol";
import { LOG_FLUSH_MS, LOG_GROUP_LINES } from "../limits.ts";

type LogMessage = Extract<GuestMessage, { t: "log" }>;

const SECOND_MS = 1_000;
const CUT = "…";

interface Window {
  start: number;
  lines: number;
  dropped: number;
}

/** Takes the log lines of all instances: cuts them, bounds their rate by installation, and hands them on in groups. */
export class LogIntake {
  readonly #log: RuntimeHost["log"];
  readonly #windows = new Map<string, Window>();
  #groups = new Map<PluginSpec, PluginLogLine[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: RuntimeHost["log"]) {
    this.#log = log;
  }

  /** Takes a line as the guest sent it. */
  take(spec: PluginSpec, { level, message, fields, dropped }: LogMessage): void {
    const window = this.#window(spec);
    window.dropped += dropped ?? 0;
    this.#add(spec, window, level, message, fields);
  }

  /** Takes a line that the host says about the plugin. */
  write(
    spec: PluginSpec,
    level: LogLevel,
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void {
    this.#add(spec, this.#window(spec), level, message, fields);
  }

  /** Hands on what waits. Call it when an instance has ended. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const groups = this.#groups;
    this.#groups = new Map();
    for (const [spec, lines] of groups) this.#log(spec, lines);
    const now = performance.now();
    for (const [id, window] of this.#windows) {
      if (window.dropped === 0 && now - window.start > SECOND_MS) this.#windows.delete(id);
    }
  }

  #window(spec: PluginSpec): Window {
    const now = performance.now();
    const found = this.#windows.get(spec.installationId);
    const window = found ?? { start: now, lines: 0, dropped: 0 };
    if (found === undefined) this.#windows.set(spec.installationId, window);
    if (now - window.start > SECOND_MS) {
      const { dropped } = window;
      Object.assign(window, { start: now, lines: 0, dropped: 0 });
      if (dropped > 0)
        this.#push(
          spec,
          "warn",
          `${dropped} log lines were dropped: more than ${MAX_LOG_LINES_PER_SECOND} in a second.`,
        );
    }
    return window;
  }

  #add(
    spec: PluginSpec,
    window: Window,
    level: LogLevel,
    message: string,
    fields: Readonly<Record<string, unknown>> | undefined,
  ): void {
    window.lines++;
    if (window.lines > MAX_LOG_LINES_PER_SECOND) {
      window.dropped++;
      this.#schedule(SECOND_MS);
    } else {
      this.#push(spec, level, cut(message), fields === undefined ? undefined : bounded(fields));
    }
  }

  #push(
    spec: PluginSpec,
    level: LogLevel,
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void {
    const lines = this.#groups.get(spec) ?? [];
    this.#groups.set(spec, lines);
    const { version } = spec;
    lines.push({ at: new Date(), level, message, version, ...(fields === undefined ? {} : { fields }) });
    if (lines.length >= LOG_GROUP_LINES) this.flush();
    else this.#schedule(LOG_FLUSH_MS);
  }

  #schedule(afterMs: number): void {
    this.#timer ??= setTimeout(() => this.flush(), afterMs);
    this.#timer.unref();
  }
}

const cut = (message: string): string => {
  if (Buffer.byteLength(message) <= MAX_LOG_MESSAGE_BYTES) return message;
  const kept = Buffer.from(message).subarray(0, MAX_LOG_MESSAGE_BYTES - Buffer.byteLength(CUT));
  // The last character may have been cut in two.
  return `${kept.toString("utf8").replace(/\uFFFD+$/, "")}${CUT}`;
};

const bounded = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const bytes = Buffer.byteLength(JSON.stringify(fields));
  return bytes <= MAX_LOG_MESSAGE_BYTES ? fields : { note: `The fields were left out: ${bytes} bytes.` };
};
