import type { ChatMessage } from "@patchbay/protocol";
import type { ToolContext } from "./tool-context.ts";

/** What is about to be asked of a chat model. */
export interface HookQuestion {
  /** The model that is asked first, as `provider/model`. */
  readonly model: string;
  /** All of them, as the hooks before have left them. */
  readonly messages: readonly ChatMessage[];
}

/**
 * What messages pass on their way to chat models, whoever asks and by whatever interface. It is called in its plugin's own name, for the
 * project that the question is for, and has five seconds. A conversation that goes on comes whole each time, so that the same message is
 * seen again. What the hook itself asks of a model does not pass the hook.
 */
export interface MessageHook {
  /** A short title for people. */
  readonly title?: string;
  readonly description?: string;
  /**
   * The messages that go on instead, at least one; nothing where they stay as they are. What it throws refuses the question with its
   * message, unless an administrator has chosen to go on without it.
   */
  run(
    question: HookQuestion,
    context: ToolContext,
  ): readonly ChatMessage[] | undefined | Promise<readonly ChatMessage[] | undefined>;
}
