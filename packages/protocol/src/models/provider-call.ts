import type { ChatRequest } from "./chat-request.ts";
import type { EmbeddingsRequest } from "./embeddings.ts";

/**
 * What the host asks of a model provider, as the input of a call into the plugin. Its answers: a list of `ModelInfo`;
 * `ChatEvent`s as a stream, or a `ChatAnswer`; an `EmbeddingsAnswer`; a `ModelUpstream` or null; the body that is to be sent.
 */
export type ProviderCall =
  | { readonly ask: "list" }
  | { readonly ask: "chat"; readonly request: ChatRequest }
  | { readonly ask: "embed"; readonly request: EmbeddingsRequest }
  | { readonly ask: "upstream" }
  | {
      readonly ask: "adapt";
      readonly body: Readonly<Record<string, unknown>>;
      readonly request: ChatRequest;
    };
