import { isJsonObject } from "./json.ts";
import { MAX_FAULT_LENGTH, MAX_FRAME_MESSAGE_LENGTH } from "./limits.ts";
import type { Manifest } from "./manifest.ts";
import type { ThemeToken, UiFaultPhase, ViewPlace } from "./user-interface.ts";

/**
 * What the console and a plugin's frame say to each other over their port: JSON texts, so that their size is known before
 * they are read. The plugin shares the frame with its boot script, so every message from a frame is hostile.
 */

export interface FrameTheme {
  readonly mode: "light" | "dark";
  /** `#rrggbb` by token. */
  readonly colors: Readonly<Partial<Record<ThemeToken, string>>>;
}

/** From the console. */
export type FrameHostMessage =
  /** First and once: who the frame is. */
  | {
      readonly t: "start";
      readonly pluginId: string;
      readonly manifest: Manifest;
      readonly view: string;
      readonly place: ViewPlace;
      readonly theme: FrameTheme;
      /** A language tag, such as `de`. */
      readonly locale: string;
      /** What the frame is called when a screen reader asks. */
      readonly title: string;
    }
  | { readonly t: "ping"; readonly n: number }
  | { readonly t: "theme"; readonly theme: FrameTheme }
  /** Settings changed: they are to be read again. */
  | { readonly t: "settings" }
  /** The view goes away: `onDeactivate` may run for a moment. */
  | { readonly t: "stop" }
  /**
   * Answers to calls: one `value` or `error`, or any number of `chunk`s and then one of them. After a `value` with `stream` come the
   * bytes that belong to it, as `chunk`s in base64, and `end` or `error`.
   */
  | { readonly t: "value"; readonly id: number; readonly value: unknown; readonly stream?: true }
  | { readonly t: "chunk"; readonly id: number; readonly value: unknown }
  | { readonly t: "end"; readonly id: number }
  | {
      readonly t: "error";
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
      /** Why a model failed. */
      readonly reason?: string;
      readonly retryAfterSeconds?: number;
    };

/** From a frame, once `readFrameMessage` has let it through. */
export type FrameMessage =
  /** The boot script has the port. */
  | { readonly t: "ready" }
  /** The plugin's component is on the screen. */
  | { readonly t: "rendered" }
  | { readonly t: "pong"; readonly n: number }
  /** `attachment` is base64. */
  | {
      readonly t: "call";
      readonly id: number;
      readonly method: string;
      readonly args: unknown;
      readonly attachment?: string;
    }
  | { readonly t: "cancel"; readonly id: number }
  /** How high the content is, in CSS pixels. */
  | { readonly t: "height"; readonly height: number }
  /** Escape was pressed and the plugin did not use it. */
  | { readonly t: "escape" }
  | { readonly t: "fault"; readonly phase: UiFaultPhase; readonly message: string; readonly stack?: string }
  /** `onDeactivate` is done. */
  | { readonly t: "stopped" };

type Check = (value: unknown) => boolean;
const id: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;
const text =
  (most: number): Check =>
  (value) =>
    typeof value === "string" && value.length <= most;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const phases: readonly string[] = [
  "load",
  "activate",
  "render",
  "runtime",
  "deactivate",
] satisfies UiFaultPhase[];

/** The fields of each message besides `t`. A field that is not here is refused. */
const FORMS: { readonly [T in FrameMessage["t"]]: Readonly<Record<string, Check>> } = {
  ready: {},
  rendered: {},
  pong: { n: id },
  call: {
    id,
    method: text(64),
    args: () => true,
    attachment: optional((value) => typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value)),
  },
  cancel: { id },
  height: { height: (value) => Number.isFinite(value) && Number(value) >= 0 },
  escape: {},
  fault: {
    phase: (value) => typeof value === "string" && phases.includes(value),
    message: text(MAX_FAULT_LENGTH),
    stack: optional(text(MAX_FAULT_LENGTH)),
  },
  stopped: {},
};

/** The message in `data` as it came from a port, or null when it is not one. Never throws. */
export const readFrameMessage = (data: unknown): FrameMessage | null => {
  if (typeof data !== "string" || data.length > MAX_FRAME_MESSAGE_LENGTH) return null;
  const value = parse(data);
  if (!isJsonObject(value) || typeof value.t !== "string" || !Object.hasOwn(FORMS, value.t)) return null;
  const form = FORMS[value.t as FrameMessage["t"]];
  const fits =
    Object.keys(value).every((name) => name === "t" || Object.hasOwn(form, name)) &&
    Object.entries(form).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? value[name] : undefined),
    );
  return fits ? (value as unknown as FrameMessage) : null;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
