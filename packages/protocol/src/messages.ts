import Type, { type Static } from "typebox";
import { type FileHead, FileHeads } from "./call-files.ts";
import { FoundContributions, type ServerKindName } from "./contributions/index.ts";
import { LOG_LEVELS } from "./levels.ts";
import { MAX_PROGRESS_MESSAGE_LENGTH } from "./limits.ts";
import { type CallAsks, Questions } from "./questions.ts";

/**
 * What host and guest say to each other, one message a frame. Either side may have many requests under way; each side
 * numbers its own. The host numbers calls into the plugin, the guest numbers calls into the platform.
 *
 * An answer is `value` (done), or `value` with `stream: true` followed by `chunk`s and one `end`. Whoever produces a
 * stream starts with `STREAM_WINDOW_CHUNKS` credits, spends one a chunk, and waits for `credit` when it has none left. A
 * stream of values spends the bytes of its frames too, of `STREAM_WINDOW_BYTES`: the last may be larger than what is left. What a host
 * call streams are bytes (`stream: "bytes"`) or values.
 *
 * Bytes travel as attachments, in pieces of at most `BODY_CHUNK_BYTES`, with credits as everything that streams. Files beside a call's input
 * follow `call` in the order of its `files`, as `body` messages, for which the guest gives `bodyCredit`; `ends` is set on the last of each
 * file, which may be empty. Files beside an answer follow its `value` in the same way, as `chunk`s, and then `end`.
 * Between a call and its last word the guest may say how far it is, with `progress`, when the facts of the call ask for it.
 * Every request gets exactly one last word (`value` without stream, `end`, `error` or `asks`), a cancelled one too.
 */

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** An error that crosses the pipe. The host never trusts a code from a guest: it maps unknown ones to `plugin_error`. */
export const WireError = Type.Object({
  code: Type.String({ maxLength: 64 }),
  message: Type.String({ maxLength: 8_192 }),
  errors: Type.Optional(
    Type.Array(
      Type.Object({ pointer: Type.String({ maxLength: 1_024 }), message: Type.String({ maxLength: 1_024 }) }),
      { maxItems: 100 },
    ),
  ),
  /** The plugin's own stack, for the plugin's log only. */
  stack: Type.Optional(Type.String({ maxLength: 16_384 })),
});
export type WireError = Static<typeof WireError>;

/** An error of the host's, with what its reader can do by it. */
export interface HostError extends WireError {
  /** Why a model failed, or that something is not the plugin's own. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

/** What is known of a call beside what is called. */
export interface CallFacts {
  /** Slug of the project that the call is for; `""`: without one. */
  readonly project: string;
  /** What was left of the time for the answer when the call was sent, in milliseconds. */
  readonly deadlineMs: number;
  /** Somebody wants to hear how far the call is. */
  readonly progress?: true;
  /** Whoever made the call can be asked. */
  readonly asks?: CallAsks;
  /** The header `traceparent` for what the call asks of others; absent where its caller names no trace. */
  readonly trace?: string;
}

/** From the host. Trusted by the guest, so a type is enough. */
export type HostMessage =
  /**
   * Makes a blank guest a plugin: evaluates the script, which is the frame's attachment in UTF-8, then runs `onActivate`
   * unless `inspect` is set. Once in a process's life.
   */
  | {
      readonly t: "load";
      readonly pluginId: string;
      readonly version: string;
      readonly inspect?: boolean;
    }
  /** The effective settings of a project (`""`: without one), sent before the first call that needs them and when they change. */
  | { readonly t: "settings"; readonly project: string; readonly values: Readonly<Record<string, unknown>> }
  | {
      readonly t: "call";
      readonly id: number;
      readonly kind: ServerKindName;
      readonly name: string;
      readonly input: unknown;
      readonly facts: CallFacts;
      /** Files beside the input, in the order in which their bytes follow. */
      readonly files?: readonly FileHead[];
    }
  | { readonly t: "body"; readonly id: number; readonly ends?: true }
  | { readonly t: "cancel"; readonly id: number; readonly reason: string }
  | { readonly t: "credit"; readonly id: number; readonly chunks: number; readonly bytes: number }
  /** Answers to the guest's host calls. Of a stream of bytes, a chunk's are the frame's attachment. */
  | {
      readonly t: "value";
      readonly id: number;
      readonly value: unknown;
      readonly stream?: "bytes" | "values";
    }
  | { readonly t: "chunk"; readonly id: number; readonly value?: unknown }
  | { readonly t: "end"; readonly id: number }
  | { readonly t: "error"; readonly id: number; readonly error: HostError }
  | { readonly t: "ping"; readonly n: number }
  | { readonly t: "deactivate" };

const message = <T extends string, P extends Parameters<typeof Type.Object>[0]>(t: T, properties: P) =>
  Type.Object({ t: Type.Literal(t), ...properties }, { additionalProperties: false });

/** From the guest: hostile until checked against its schema, one schema a type. */
export const GUEST_MESSAGES = {
  /** The prelude is done; the process waits for `load`. */
  ready: message("ready", {}),
  loaded: message("loaded", { contributions: FoundContributions }),
  loadFailed: message("loadFailed", { error: WireError }),
  value: message("value", {
    id: Id,
    value: Type.Optional(Type.Unknown()),
    stream: Type.Optional(Type.Literal(true)),
    files: Type.Optional(FileHeads),
  }),
  chunk: message("chunk", {
    id: Id,
    value: Type.Optional(Type.Unknown()),
    ends: Type.Optional(Type.Literal(true)),
  }),
  end: message("end", { id: Id }),
  /** How far a call is, whose caller wants to hear of it. */
  progress: message("progress", {
    id: Id,
    done: Type.Number({ minimum: 0 }),
    total: Type.Optional(Type.Number({ minimum: 0 })),
    message: Type.Optional(Type.String({ maxLength: MAX_PROGRESS_MESSAGE_LENGTH })),
  }),
  error: message("error", { id: Id, error: WireError }),
  /** A call's last word where it asks whoever made it, which only a call may that has `asks` among its facts. */
  asks: message("asks", { id: Id, questions: Questions }),
  /** `call` names the call into the plugin on whose behalf this is made, when there is one: it decides the project. */
  hostCall: message("hostCall", {
    id: Id,
    call: Type.Optional(Id),
    method: Type.String({ maxLength: 64 }),
    params: Type.Optional(Type.Unknown()),
  }),
  hostCancel: message("hostCancel", { id: Id }),
  credit: message("credit", {
    id: Id,
    chunks: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    /** Of a stream of values. */
    bytes: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  }),
  bodyCredit: message("bodyCredit", { id: Id, chunks: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }),
  pong: message("pong", { n: Type.Integer() }),
  log: message("log", {
    level: Type.Enum([...LOG_LEVELS]),
    message: Type.String(),
    fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    call: Type.Optional(Id),
    /** Lines that the guest left out before this one, because there were too many. */
    dropped: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  }),
  deactivated: message("deactivated", { error: Type.Optional(WireError) }),
} as const;

export type GuestMessageType = keyof typeof GUEST_MESSAGES;
export type GuestMessage = { [T in GuestMessageType]: Static<(typeof GUEST_MESSAGES)[T]> }[GuestMessageType];
