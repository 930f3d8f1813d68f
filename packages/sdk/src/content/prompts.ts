import type { ToolContext } from "../tool-context.ts";
import type { Complete, Content } from "./content.ts";

/** Something that a person fills in. */
export interface PromptArgument {
  readonly title?: string;
  readonly description?: string;
  readonly required?: boolean;
  /** What it could be, as the person writes it; 100 at the most are shown. */
  readonly complete?: Complete;
}

/** A message of a prompt; a text alone is one. */
export interface PromptContent {
  readonly role: "user" | "assistant";
  readonly content: string | Content;
}

/** The beginning of a conversation with a model, which people choose in their client and fill in. */
export interface PromptDefinition {
  /** A short title for people. */
  readonly title?: string;
  readonly description?: string;
  /** By name. What is missing or unknown never reaches `run`. */
  readonly arguments?: Readonly<Record<string, PromptArgument>>;
  /** Answers with the messages; a text is one message of the user. */
  run(
    args: Readonly<Record<string, string>>,
    context: ToolContext,
  ): string | readonly PromptContent[] | Promise<string | readonly PromptContent[]>;
}
