import type { MemberOf, Principal, ToolOffer } from "@patchbay/core";
import type { PatchbayError, ToolsetMode } from "@patchbay/protocol";

/** What a request of a client is about: who sends it, and which tools it is to see, and how. */
export interface McpRequest extends ToolOffer {
  readonly by: MemberOf;
  /** One text for each person and key. */
  readonly caller: string;
  readonly mode: ToolsetMode;
  /** What is told of these tools. */
  readonly about: {
    readonly name: string;
    readonly title: string;
    readonly version: string;
    readonly instructions?: string;
  };
  /** Each throws once the caller may no longer get what is answered; looked at again and again meanwhile. Calls add theirs. */
  readonly standing: ((principal: Principal) => unknown)[];
  /** What a client may be told of an error. Faults of the server's own are written down, and told without their text. */
  known(error: unknown): PatchbayError;
}
