import type { HostCaller, MemorySpace, MemoryStore, OwnedSpace, Unembedded } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { ModelCaller } from "../providers/ask-provider.ts";
import type { Models } from "../providers/models.ts";
import type { OrganizationRules } from "../routing/organization-rules.ts";
import { modelsBehind } from "../routing/rules.ts";
import {
  DEFAULT_MEMORY_MODEL,
  EMBEDDED_AT_ONCE,
  EMBEDDING_DEADLINE_MS,
  MAX_VECTOR_DIMENSIONS,
} from "./limits.ts";
import { packVector } from "./packed-vectors.ts";

/** Asks models in the name of the plugin whose memories they are, whoever looks at its views. */
export const askerOf = (
  installation: HostCaller,
  signal: AbortSignal,
  path?: readonly string[],
): ModelCaller => ({
  by: { kind: "plugin", installation, onBehalfOf: null },
  // Memories belong to no project, and what embeds them must not depend on one.
  project: undefined,
  signal,
  ...(path !== undefined && { path }),
});

/** Gives texts of memories the vectors by which they are found. */
export class Embedder {
  readonly #store: Pick<MemoryStore, "listUnembedded" | "putVectors">;
  readonly #models: Pick<Models, "embed">;
  readonly #rules: Pick<OrganizationRules, "of">;

  constructor(
    store: Pick<MemoryStore, "listUnembedded" | "putVectors">,
    models: Pick<Models, "embed">,
    rules: Pick<OrganizationRules, "of">,
  ) {
    this.#store = store;
    this.#models = models;
    this.#rules = rules;
  }

  /** The model whose vectors an organization's memories are to have. */
  async modelOf({ organizationId }: Pick<HostCaller, "organizationId">): Promise<string> {
    const rules = await this.#rules.of(organizationId);
    const { memoryModel } = rules;
    if (memoryModel === null) return DEFAULT_MEMORY_MODEL;
    return modelsBehind(rules, memoryModel)[0] ?? memoryModel;
  }

  /** A packed vector for each text. Throws what keeps the plugin from asking the model, and what the model fails with. */
  async embed(caller: ModelCaller, model: string, texts: readonly string[]): Promise<Uint8Array[]> {
    const deadline = AbortSignal.timeout(EMBEDDING_DEADLINE_MS);
    const signal = AbortSignal.any([caller.signal, deadline]);
    const { embeddings } = await this.#models.embed({ ...caller, signal }, { model, inputs: [...texts] });
    const dimensions = embeddings[0]?.length ?? 0;
    if (dimensions > MAX_VECTOR_DIMENSIONS)
      throw new PatchbayError(
        "model_failed",
        `The embeddings of "${model}" have ${dimensions} numbers; memories can have ${MAX_VECTOR_DIMENSIONS}. Choose another model for them.`,
      );
    return embeddings.map(packVector);
  }

  /** Writes down what was embedded. Of a text that has changed meanwhile nothing is written. */
  async keep(
    { id }: Pick<MemorySpace, "id">,
    model: string,
    memories: readonly Unembedded[],
    vectors: readonly Uint8Array[],
  ): Promise<void> {
    if (memories.length === 0) return;
    const rows = memories.map((memory, place) => ({
      id: memory.id,
      digest: memory.digest,
      vector: vectors[place] ?? new Uint8Array(),
    }));
    await this.#store.putVectors(id, model, rows);
  }

  /** Embeds memories of a namespace that have no vector of the model, until a time of `performance.now()`. Throws as `embed` does. */
  async catchUp(space: OwnedSpace, until: number, signal: AbortSignal): Promise<void> {
    const model = await this.modelOf(space);
    const caller = askerOf(space, signal);
    while (performance.now() < until) {
      signal.throwIfAborted();
      const memories = await this.#store.listUnembedded(space.id, model, EMBEDDED_AT_ONCE);
      if (memories.length === 0) return;
      const texts = memories.map(({ text }) => text);
      await this.keep(space, model, memories, await this.embed(caller, model, texts));
    }
  }
}
