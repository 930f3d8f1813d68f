import { createHash } from "node:crypto";
import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { SecretBox } from "@patchbay/core";
import {
  type CallAsks,
  canonicalJson,
  isJsonObject,
  PatchbayError,
  type QuestionMethod,
  type Questions,
} from "@patchbay/protocol";
import { invalidParams } from "./rpc-errors.ts";

/** How long somebody may think about a question. */
const ANSWER_MS = 60 * 60 * 1000;
/** Of all that a call has asked and was answered: it goes to the client and comes back with each time. */
const MAX_STATE_BYTES = 64 * 1024;
/** How often one call asks. */
const MAX_TIMES = 8;

const CAPABILITY_OF = {
  "elicitation/create": "elicitation",
  "sampling/createMessage": "sampling",
  "roots/list": "roots",
} as const satisfies Readonly<Record<QuestionMethod, string>>;

/** What is being called, by whom and with what: the answers to its questions are for nothing else. */
export interface AskingCall {
  /** One text for each person and key. */
  readonly caller: string;
  readonly kind: "tools" | "prompts";
  readonly plugin: string;
  readonly name: string;
  readonly input: unknown;
}

/** What comes back with the answers. */
interface AskedState {
  readonly given: CallAsks["given"];
  readonly questions: Questions;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Questions of calls to the person in front of the client. Nothing is held while they think: what was asked and answered goes to the client, sealed
 * for this call of this caller, and the call is made again with it, on any node.
 */
export class Asking {
  readonly #secrets: SecretBox;
  readonly #now: () => Date;

  constructor(secrets: SecretBox, now: () => Date) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /**
   * Makes the call, with what the client was asked for it before; or asks again where an answer is missing. What `work` throws as `input_required`
   * becomes questions to the client. Throws a protocol error for a state that is not of this call or has expired, and for what this client cannot
   * be asked.
   */
  async answer<T>(
    call: AskingCall,
    { mcpReq }: ServerContext,
    work: (asks: CallAsks | undefined) => Promise<T>,
  ): Promise<T | InputRequiredResult> {
    const envelope: Readonly<Record<string, unknown>> | undefined = mcpReq.envelope;
    // In the old revisions a question waits on the connection on which it was asked, and its answer may come to any node.
    if (envelope === undefined) return await work(undefined);
    const methods = methodsOf(envelope[CLIENT_CAPABILITIES_META_KEY]);
    if (methods.length === 0) return await work(undefined).catch(unlessNobody);
    const before = this.#opened(mcpReq.requestState<unknown>(), call);
    const given = [...(before?.given ?? [])];
    if (before !== null) {
      const answers = answersTo(before.questions, mcpReq.inputResponses ?? {});
      if (answers === null) return this.#asked(call, before);
      given.push(answers);
    }
    try {
      return await work({ methods, given });
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== "input_required") return unlessNobody(error);
      return this.#asked(call, { given, questions: error.facts.questions as Questions });
    }
  }

  #asked(call: AskingCall, { given, questions }: Omit<AskedState, "expiresAt">): InputRequiredResult {
    const state = JSON.stringify({ given, questions, expiresAt: this.#now().getTime() + ANSWER_MS });
    if (Buffer.byteLength(state) > MAX_STATE_BYTES || given.length >= MAX_TIMES)
      throw new PatchbayError(
        "plugin_error",
        `The tool asks more than ${MAX_TIMES} times, or more than ${MAX_STATE_BYTES / 1024} KiB of questions and answers.`,
      );
    return inputRequired({
      inputRequests: questions as Parameters<typeof inputRequired>[0]["inputRequests"] & object,
      requestState: this.#secrets.seal(state, contextOf(call)),
    });
  }

  #opened(sealed: unknown, call: AskingCall): AskedState | null {
    if (sealed === undefined) return null;
    const refusal = invalidParams(
      "The requestState is none of this call's, or has expired. Call without it.",
    );
    if (typeof sealed !== "string" || sealed.length > MAX_STATE_BYTES * 2) throw refusal;
    let state: AskedState;
    try {
      state = JSON.parse(this.#secrets.open(sealed, contextOf(call))) as AskedState;
    } catch {
      throw refusal;
    }
    if (state.expiresAt < this.#now().getTime()) throw refusal;
    return state;
  }
}

const contextOf = ({ caller, kind, plugin, name, input }: AskingCall): string => {
  const digest = createHash("sha256")
    .update(canonicalJson(input ?? {}))
    .digest("hex");
  return `asked ${JSON.stringify([caller, kind, plugin, name, digest])}`;
};

const methodsOf = (capabilities: unknown): QuestionMethod[] => {
  const declared = isJsonObject(capabilities) ? capabilities : {};
  return Object.entries(CAPABILITY_OF).flatMap(([method, capability]) => {
    const said = declared[capability];
    if (!isJsonObject(said)) return [];
    // Who shows addresses alone has no forms.
    const isFit = capability !== "elicitation" || Object.keys(said).length === 0 || said.form !== undefined;
    return isFit ? [method as QuestionMethod] : [];
  });
};

/** The answers by the names of the questions; null when one is missing or is no answer. */
const answersTo = (
  questions: Questions,
  responses: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null => {
  const answers: Record<string, unknown> = {};
  for (const [name, { method }] of Object.entries(questions)) {
    const answer = responses[name];
    if (!isJsonObject(answer)) return null;
    if (method === "elicitation/create" && !ACTIONS.has(answer.action)) return null;
    answers[name] = answer;
  }
  return answers;
};
const ACTIONS: ReadonlySet<unknown> = new Set(["accept", "decline", "cancel"]);

/** The protocol has an error of its own for what its client would have to be able to do. */
const unlessNobody = (error: unknown): never => {
  if (!(error instanceof PatchbayError) || error.code !== "nobody_to_ask") throw error;
  const missing = Object.entries(CAPABILITY_OF).filter(([method]) =>
    error.errors.some(({ pointer }) => pointer === `/${method}`),
  );
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: Object.fromEntries(missing.map(([, capability]) => [capability, {}])),
  });
};
