import type { CONTRIBUTION_KINDS, Found, ServerKindName } from "@patchbay/protocol";
import { PluginError, type ToolContext } from "@patchbay/sdk";
import type { AnswerCheck, InputCheck } from "@patchbay/sdk/files";

/** One thing that the author exported, made callable. */
export interface Callable<K extends ServerKindName = ServerKindName> {
  /** What the host is told of it. */
  readonly found: Found<K>;
  readonly checkInput: InputCheck;
  readonly answers: () => AnswerCheck;
  /** `input` has been checked. Answers with a value, or with an async iterable of values. */
  run(input: unknown, call: ToolContext): unknown;
}

/** A kind of contribution in the sandbox. Its words are those of the table of kinds, whose values would make every start slower. */
export interface GuestKind<K extends ServerKindName> {
  readonly one: (typeof CONTRIBUTION_KINDS)[K]["words"]["one"];
  readonly notFound: (typeof CONTRIBUTION_KINDS)[K]["notFound"];
  /** Makes what was exported under a name callable. Throws `notThis` for what is none. */
  prepare(name: string, value: unknown): Callable<K>;
}

/** The fault of code that exports something else than was meant. */
export const notThis = (message: string): PluginError => new PluginError("activation_failed", message);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
