import type { PluginLog } from "./api/log.ts";
import type { PluginApi } from "./api/plugin-api.ts";
import type { ClientQuestion, Elicit } from "./elicit.ts";

/** How far a call is. */
export interface CallProgress {
  /** How much is done, in whatever is counted. */
  readonly done: number;
  /** How much there is, where that is known. */
  readonly total?: number;
  /** What is being done, in a short sentence; cut after 500 characters. */
  readonly message?: string;
}

/** What a tool gets beside its input. Everything here belongs to the one call. */
export interface ToolContext {
  /** The platform, on behalf of this call. */
  readonly api: PluginApi;
  /** The effective settings of the call's project. Secrets are placeholders: see `fetch` in the author guide. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Slug of the project on whose behalf the call is made; undefined without one. */
  readonly project: string | undefined;
  /** Aborted when the caller goes away and when the deadline has passed; hand it to `fetch` and to loops. */
  readonly signal: AbortSignal;
  readonly log: PluginLog;
  /**
   * Says how far the call is, to those who want to hear: an event stream has it as an event, a client of the Model Context Protocol as a
   * notification. They hear ten times a second at the most, of the latest. Throws `TypeError` for numbers below 0.
   */
  progress(progress: CallProgress): void;
  /** What whoever calls can be asked by `elicit`, forms being `elicitation/create`. Empty where nobody is there to answer. */
  readonly asks: readonly ("elicitation/create" | ClientQuestion["method"])[];
  /** Asks the person behind the call, who answers in their client: see `Elicit`. */
  readonly elicit: Elicit;
  /**
   * The trace that the caller named, as the value of a header `traceparent` (W3C Trace Context) with this call as the parent: send it
   * along where you want to be found in the caller's trace. undefined where the caller named none.
   */
  readonly trace: string | undefined;
}
