import type { MemberOf, Principal, ToolOffer } from "@patchbay/core";
import type { ToolsetMode } from "@patchbay/protocol";

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
  /** Throws once the caller may no longer get what is answered; looked at again and again meanwhile. */
  requireAllowed: (principal: Principal) => unknown;
}
