import { type ContentAsk, PromptMessage } from "@patchbay/protocol";
import Type from "typebox";
import type { Asker } from "../../access/caller.ts";
import type { InForce } from "../contributions/in-force.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import type { Invocation, InvocationGateway } from "../invocation/invocation-gateway.ts";
import { type Completing, readCompletions } from "./completions.ts";
import { answerReader } from "./content-answer.ts";

const MAX_MESSAGES = 200;

/** A prompt, for a project, as long as somebody waits. */
export type PromptCall = Pick<Invocation, "plugin" | "name" | "project" | "signal" | "asks" | "surface">;

/** Beginnings of conversations that plugins contribute: who has which, and what they say. */
export class PluginPrompts {
  readonly #gateway: Pick<InvocationGateway, "call">;
  readonly #inForce: Pick<InForce, "listUsable">;

  constructor(gateway: Pick<InvocationGateway, "call">, inForce: Pick<InForce, "listUsable">) {
    this.#gateway = gateway;
    this.#inForce = inForce;
  }

  /** All that somebody can use. Throws as `InForce.listUsable` does. */
  async list(by: Asker, project: string | undefined): Promise<ContributionInForce<"prompts">[]> {
    return await this.#inForce.listUsable("prompts", by, project);
  }

  /** Its messages. Throws as a call does: `prompt_not_found`, `invalid_input` for arguments that are missing or unknown, `plugin_error`. */
  async get(
    by: Asker,
    call: PromptCall,
    args: Readonly<Record<string, string>>,
  ): Promise<readonly PromptMessage[]> {
    return readMessages(await this.#ask(by, call, { ask: "get", arguments: args }));
  }

  /** What an argument could be: nothing where the prompt does not say. Throws as a call does. */
  async complete(by: Asker, call: PromptCall, completing: Completing): Promise<readonly string[]> {
    return readCompletions(await this.#ask(by, call, { ask: "complete", ...completing }));
  }

  async #ask(by: Asker, call: PromptCall, ask: ContentAsk) {
    return await this.#gateway.call(by, { ...call, kind: "prompts", input: ask });
  }
}

const readMessages = answerReader(
  Type.Array(PromptMessage, { minItems: 1, maxItems: MAX_MESSAGES }),
  "list of messages",
);
