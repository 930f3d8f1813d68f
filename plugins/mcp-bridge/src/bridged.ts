import type { JsonSchema } from "@patchbay/sdk";

/** What a server's plugin knows of it: Patchbay writes it before the code. */
export interface Bridged {
  /** The server's address. */
  readonly url: string;
  /** The name of the header that the key goes into, and what stands before the key there. */
  readonly header: { readonly name: string; readonly prefix: string };
  readonly tools: readonly BridgedTool[];
}

export interface BridgedTool {
  /** The name here, which is a contribution's. */
  readonly name: string;
  /** The name that the server knows. */
  readonly remote: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** Of the value that it answers with; without it, it answers with content. */
  readonly output?: JsonSchema;
}

/** Where Patchbay has put it. */
interface WithBridged {
  readonly patchbayBridged?: Bridged;
}

/** null in the bridge itself, which has no server. */
export const bridged: Bridged | null = (globalThis as WithBridged).patchbayBridged ?? null;
