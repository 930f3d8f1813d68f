import type { HostCaller, MemorySpace, MemoryStore, OwnedSpace, Unembedded } from "@patchbay/core";
import { type ModelErrorCode, PatchbayError } from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";
import type { ModelCaller } from "../providers/ask-provider.ts";
import type { Models } from "../providers/models.ts";
import { isFaultOfProvider, modelErrorOf } from "../providers/provider-failures.ts";
import type { OrganizationRules } from "../routing/organization-rules.ts";
import { modelsBehind } from "../routing/rules.ts";
import {
  ANSWERS_WITHIN_MS,
  DEFAULT_MEMORY_MODEL,
  EMBEDDED_AT_ONCE,
  EMBEDDING_DEADLINE_MS,
  MAX_VECTOR_DIMENSIONS,
} from "./limits.ts";
import { packVector } from "./packed-vectors.ts";

/** Asks models in the name of the plugin whose memories they are, whoever looks at its views; on the account of who has started it, too. */
export const askerOf = (
  installation: HostCaller,
  signal: AbortSignal,
  { path, startedBy, from }: Pick<ModelCaller, "path" | "startedBy" | "from"> = {},
): ModelCaller => ({
  by: { kind: "plugin", installation, onBehalfOf: null },
  // Memories belong to no project, and what embeds them must not depend on one.
  project: undefined,
  signal,
  startedBy,
  from,
  ...(path !== undefined && { path }),
});

/** Gives texts of memories the vectors by which they are found. */
export class Embedder {
  readonly #store: Pick<MemoryStore, "listUnembedded" | "putVectors">;
  readonly #models: Pick<Models, "embed">;
  readonly #rules: Pick<OrganizationRules, "of">;
  /** How many texts the next question of a namespace has, where it is fewer than usual: one of them makes questions fail. */
  readonly #fewer = new Map<string, number>();

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
    const asked = { model, inputs: [...texts] };
    const { embeddings } = await this.#models.embed({ ...caller, signal }, asked).catch((error: unknown) => {
      if (!deadline.aborted || caller.signal.aborted) throw error;
      throw new ModelFailure({ code: "timeout", message: "The model took too long." }, { cause: error });
    });
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
      vector: vectors[place] ?? NO_VECTOR,
    }));
    await this.#store.putVectors(id, model, rows);
  }

  /**
   * Embeds memories of a namespace that have no vector of the model, until a time of `performance.now()`. Where a question fails, of a model
   * that answers others, half as many are asked for next, until the text is alone that it fails for: that one is found by its words, until
   * it or the model is another. Answers how many were set aside so. Throws as `embed` does where it is not for the texts.
   */
  async catchUp(space: OwnedSpace, until: number, signal: AbortSignal): Promise<number> {
    const model = await this.modelOf(space);
    const caller = askerOf(space, signal);
    let setAside = 0;
    while (performance.now() < until) {
      signal.throwIfAborted();
      const atOnce = this.#fewer.get(space.id) ?? EMBEDDED_AT_ONCE;
      const memories = await this.#store.listUnembedded(space.id, model, atOnce);
      if (memories.length === 0) break;
      const texts = memories.map(({ text }) => text);
      try {
        await this.keep(space, model, memories, await this.embed(caller, model, texts));
        this.#askFor(space, atOnce * 2);
      } catch (error) {
        if (!mayBeForTexts(error) || !(await this.answers(caller, model))) throw error;
        this.#askFor(space, Math.ceil(memories.length / 2));
        if (memories.length > 1) continue;
        await this.keep(space, model, memories, [NO_VECTOR]);
        setAside += 1;
      }
    }
    return setAside;
  }

  #askFor({ id }: OwnedSpace, count: number): void {
    this.#fewer.delete(id);
    if (count >= EMBEDDED_AT_ONCE) return;
    if (this.#fewer.size >= MAX_SPACES_WITH_FEWER) this.#fewer.clear();
    this.#fewer.set(id, count);
  }

  /** Whether the model embeds, soon, a text that nobody has written: what it has failed for otherwise is nobody else's affair. */
  async answers(caller: ModelCaller, model: string): Promise<boolean> {
    const signal = AbortSignal.any([caller.signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
    try {
      await this.embed({ ...caller, signal }, model, [HARMLESS]);
      return true;
    } catch {
      return false;
    }
  }
}

const HARMLESS = "memory";
/** Of a memory that the model can say nothing about. */
const NO_VECTOR = new Uint8Array();
/** Namespaces of which is held that fewer texts are asked for; of more it is found out anew. */
const MAX_SPACES_WITH_FEWER = 1_000;
/** What says nothing about the texts, though a shorter question may come past it. */
const NEVER_FOR_TEXTS: ReadonlySet<ModelErrorCode> = new Set<ModelErrorCode>([
  "rate_limited",
  "overloaded",
  "key_refused",
  "access_refused",
  "model_not_found",
]);

const mayBeForTexts = (error: unknown): boolean =>
  (error instanceof ModelFailure || isFaultOfProvider(error)) &&
  !NEVER_FOR_TEXTS.has(modelErrorOf(error).code);
