import { setTimeout as pause } from "node:timers/promises";
import type {
  DurableWork,
  ExtractionJob,
  InstallationDirectory,
  MemoryOwner,
  MemorySpace,
  MemoryStore,
  MemoryWriter,
  StartedBy,
  StoredExtraction,
  World,
} from "@patchbay/core";
import {
  type ExtractedMessage,
  type ExtractionReport,
  MAX_EXTRACTED_BYTES,
  MAX_OPEN_EXTRACTIONS,
  MAX_PERSON_OPEN_EXTRACTIONS,
  PatchbayError,
} from "@patchbay/protocol";
import { gatherBatches } from "../../events-of.ts";
import { ModelFailure } from "../../model-failure.ts";
import { modelId } from "../../providers/model-names.ts";
import type { Models } from "../../providers/models.ts";
import { DEFAULT_MODEL } from "../../routing/rules.ts";
import { askerOf } from "../embedder.ts";
import { EXTRACTION_DEADLINE_MS, EXTRACTION_LEFT_MS, EXTRACTION_PAUSES_MS } from "../limits.ts";
import { boundsAt, citationsOf, contentOf } from "../memories.ts";
import { digestOf, newMemory, senseOf } from "../texts.ts";
import { type SaidFact, saidFacts, type ToldFact } from "./facts.ts";
import { failureOf } from "./failures.ts";
import { answerText, factsQuestion, readFacts } from "./question.ts";

const KIND = "memory-extraction";
const MOST_OPEN = { all: MAX_OPEN_EXTRACTIONS, person: MAX_PERSON_OPEN_EXTRACTIONS };
/** Left ones that are begun at one time. */
const MAX_BEGUN_AT_ONCE = 100;
/** After which an extraction that nobody has touched is nobody's: longer than an attempt and the pause before it. */
const LOST_AFTER_MS = 30 * 60_000;
/** Between two attempts to write down how an extraction stands. */
const WRITE_AGAIN_MS = 1_000;

/** What is to be looked through for facts. */
export interface AskedExtraction {
  readonly messages: readonly ExtractedMessage[];
  /** The active one unless told. */
  readonly model?: string;
  /** Slug of the project that it is for. */
  readonly project?: string;
  /** Who has asked for it: it is on their account, too. */
  readonly startedBy?: StartedBy | undefined;
}

interface ExtractionParts {
  readonly store: MemoryStore;
  readonly durable: DurableWork;
  readonly models: Pick<Models, "chat">;
  readonly directory: Pick<InstallationDirectory, "find">;
  readonly world: Pick<World, "now" | "newId" | "log">;
  /** Hears of each that ends on this node. */
  readonly ended: (extraction: EndedExtraction) => void;
  /** Before each further attempt. */
  readonly pausesMs?: readonly number[];
}

/** One that came to an end. */
export interface EndedExtraction {
  readonly pluginId: string;
  /** What it failed with; null when it has not. */
  readonly code: string | null;
}

/**
 * Looks through conversations for what is worth remembering. Each is durable work, which goes on where its node is gone: a model is asked
 * again while it fails for a moment, and what it told is kept, with the word that it is done, in one transaction. Whatever fails is told as a
 * failure, and never as a conversation without facts.
 */
export class Extractions {
  readonly #store: MemoryStore;
  readonly #durable: DurableWork;
  readonly #models: Pick<Models, "chat">;
  readonly #directory: Pick<InstallationDirectory, "find">;
  readonly #world: Pick<World, "now" | "newId" | "log">;
  readonly #ended: (extraction: EndedExtraction) => void;
  readonly #pausesMs: readonly number[];

  constructor({
    store,
    durable,
    models,
    directory,
    world,
    ended,
    pausesMs = EXTRACTION_PAUSES_MS,
  }: ExtractionParts) {
    this.#store = store;
    this.#durable = durable;
    this.#models = models;
    this.#directory = directory;
    this.#world = world;
    this.#ended = ended;
    this.#pausesMs = pausesMs;
    this.#durable.handle(KIND, async (input, run) => {
      const { id } = input as { readonly id: string };
      for (const [attempt, pauseMs] of [0, ...this.#pausesMs].entries()) {
        const isLast = attempt === this.#pausesMs.length;
        const hasEnded = await run.step(`attempt ${attempt}`, async (signal) => {
          await pause(pauseMs, undefined, { signal });
          return await this.#attempt(id, isLast, signal);
        });
        if (hasEnded) return;
      }
    });
  }

  /** Writes down what is to be looked through, and begins. Throws `invalid_input`, `quota_exceeded`. */
  async start(
    owner: MemoryOwner,
    space: MemorySpace,
    { messages, model, project, startedBy }: AskedExtraction,
  ): Promise<StoredExtraction> {
    requireReadable(messages);
    const id = this.#world.newId();
    const extraction = {
      id,
      installationId: owner.installationId,
      spaceId: space.id,
      messages,
      model: model ?? null,
      project: project ?? null,
      userId: startedBy?.person ?? null,
      apiKeyId: startedBy?.apiKey ?? null,
    };
    await this.#store.addExtraction(extraction, MOST_OPEN);
    this.#begin(id);
    const stored = await this.find(owner, id);
    if (stored !== null) return stored;
    throw new PatchbayError("memory_not_found", "The namespace is not there any more.");
  }

  /** null for another person's, as where there is none. */
  async find(owner: MemoryOwner, id: string): Promise<StoredExtraction | null> {
    return await this.#store.findExtraction(owner, id);
  }

  /** From time to time: begins those that nobody has begun, and ends those that nobody can be at any more. */
  async goOn(): Promise<void> {
    if (!this.#durable.isLaunched) return;
    const before = (ms: number) => new Date(this.#world.now().getTime() - ms);
    const message = "It did not come to an end, and nobody is at it any more. Extract once more.";
    for (const id of await this.#store.listOpenExtractions(before(LOST_AFTER_MS), MAX_BEGUN_AT_ONCE))
      await this.#store.failExtraction(id, { code: "internal", message }, true);
    for (const id of await this.#store.listOpenExtractions(before(EXTRACTION_LEFT_MS), MAX_BEGUN_AT_ONCE))
      this.#begin(id);
  }

  /** Whoever does so as well changes nothing. */
  #begin(id: string): void {
    this.#durable
      .start(KIND, `${KIND}:${id}`, { id })
      .catch((error: unknown) =>
        this.#world.log.warn(
          { err: error, extraction: id },
          "an extraction could not be begun; it is tried again",
        ),
      );
  }

  /** Whether there is no more to do. */
  async #attempt(id: string, isLast: boolean, signal: AbortSignal): Promise<boolean> {
    const job = await this.#persistently(signal, () => this.#store.beginExtraction(id));
    if (job === null) return true;
    try {
      await this.#requirePermitted(job);
      const { facts, model } = await this.#ask(job, signal);
      const { said, dropped } = saidFacts(facts, job.messages);
      await this.#persistently(signal, () => this.#keep(job, said, { model, found: facts.length, dropped }));
      this.#ended({ pluginId: job.pluginId, code: null });
      return true;
    } catch (error) {
      // It is another node's to say how it ends.
      if (signal.aborted) throw error;
      const { passes, ...failure } = failureOf(error);
      if (failure.code === "internal")
        this.#world.log.error({ err: error, extraction: id }, "an extraction failed in Patchbay itself");
      const isEnd = isLast || !passes;
      await this.#persistently(signal, () => this.#store.failExtraction(id, failure, isEnd));
      if (isEnd) this.#ended({ pluginId: job.pluginId, code: failure.code });
      return isEnd;
    }
  }

  /** As when it was asked for: the plugin serves and was granted it. */
  async #requirePermitted({ organizationId, pluginId }: ExtractionJob): Promise<void> {
    const plugin = await this.#directory.find(organizationId, pluginId);
    const { state, grants } = plugin?.installation ?? { state: "disabled", grants: [] };
    if (state !== "enabled" && state !== "updating")
      throw new PatchbayError(
        "plugin_disabled",
        `"${pluginId}" was switched off before its extraction came to an end.`,
      );
    if (!grants.some(({ name }) => name === "memory.extract"))
      throw new PatchbayError("permission_denied", "The permission memory.extract was withdrawn.", {
        facts: { permission: "memory.extract" },
      });
  }

  /** What the model tells. An answer that cannot be read is asked for once more. */
  async #ask(
    job: ExtractionJob,
    signal: AbortSignal,
  ): Promise<{ readonly facts: readonly ToldFact[]; readonly model: string }> {
    let unreadable: { readonly answer: string; readonly fault: string } | undefined;
    for (let time = 0; time < 2; time += 1) {
      const { text, model } = await this.#answer(job, signal, unreadable);
      const read = readFacts(text);
      if ("facts" in read) return { facts: read.facts, model };
      unreadable = { answer: text, fault: read.fault };
    }
    throw new ModelFailure({
      code: "malformed",
      message: `The model's answer cannot be read. ${unreadable?.fault ?? ""}`,
    });
  }

  async #answer(
    job: ExtractionJob,
    signal: AbortSignal,
    unreadable: { readonly answer: string; readonly fault: string } | undefined,
  ): Promise<{ readonly text: string; readonly model: string }> {
    const deadline = AbortSignal.timeout(EXTRACTION_DEADLINE_MS);
    const caller = {
      ...askerOf(job, AbortSignal.any([signal, deadline]), { startedBy: starterOf(job) }),
      project: job.project ?? undefined,
    };
    try {
      const call = await this.#models.chat(
        caller,
        factsQuestion(job.model ?? DEFAULT_MODEL, job.messages, unreadable),
      );
      const answer = await gatherBatches(call.events);
      if (!answer.ok) throw new ModelFailure(answer.error);
      const { provider, name } = call.answering;
      return { text: answerText(answer.value), model: modelId(provider, name) };
    } catch (error) {
      if (!deadline.aborted || signal.aborted) throw error;
      throw new ModelFailure({ code: "timeout", message: "The model took too long." });
    }
  }

  /** The facts with the word that it is done: both, or neither. */
  async #keep(
    { id, spaceId, installationId, pluginId }: ExtractionJob,
    said: readonly SaidFact[],
    told: Pick<ExtractionReport, "model" | "found" | "dropped">,
  ): Promise<void> {
    const head = { change: id, kind: "extract", by: { kind: "plugin", name: pluginId } } as const;
    const bounds = boundsAt(this.#world.now());
    await this.#store.write({ id: spaceId, installationId }, head, bounds, async (writer) => {
      const counts = { added: 0, merged: 0, unchanged: 0 };
      for (const fact of said) counts[await keepFact(writer, fact, this.#world.newId())] += 1;
      if (!(await writer.settle(id, { ...told, ...counts })))
        throw new Error("The extraction has ended already.");
    });
  }

  /** Goes on trying while the database is away: what the model told costs money. */
  async #persistently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || !(error instanceof PatchbayError) || error.code !== "unavailable") throw error;
        await pause(WRITE_AGAIN_MS, undefined, { signal });
      }
    }
  }
}

const starterOf = ({ userId, apiKeyId }: ExtractionJob): StartedBy | undefined =>
  userId === null ? undefined : { person: userId, ...(apiKeyId !== null && { apiKey: apiKeyId }) };

const requireReadable = (messages: readonly ExtractedMessage[]): void => {
  const bytes = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > MAX_EXTRACTED_BYTES)
    throw new PatchbayError(
      "quota_exceeded",
      `One extraction looks through at most ${MAX_EXTRACTED_BYTES} bytes of messages; these have ${bytes}.`,
    );
  const ids = new Set(messages.map(({ id }) => id));
  if (ids.size < messages.length)
    throw new PatchbayError(
      "invalid_input",
      "Two messages have the same id: what a fact cites would be unclear.",
    );
  if (messages.every(({ role }) => role !== "user"))
    throw new PatchbayError("invalid_input", "None of the messages is a user's, and no other says facts.");
  // The database cannot hold what a quote of them would hold.
  if (messages.some(({ id, text }) => `${id}${text}`.includes("\0") || !`${id}${text}`.isWellFormed()))
    throw new PatchbayError(
      "invalid_input",
      "Messages cannot contain the NUL character or half of a surrogate pair.",
    );
};

/** A fact that is known is not kept twice: its memory cites the further message. */
const keepFact = async (
  writer: MemoryWriter,
  { text, citation }: SaidFact,
  id: string,
): Promise<"added" | "merged" | "unchanged"> => {
  const sense = senseOf(text);
  const known =
    (await writer.findByDigest(digestOf(text))) ?? (sense === null ? null : await writer.findBySense(sense));
  if (known === null) {
    await writer.put(newMemory(id, { text, metadata: {}, citations: [citation], expiresAt: null }));
    return "added";
  }
  const citations = citationsOf(known.citations, [citation]);
  if (citations.length === known.citations.length) return "unchanged";
  await writer.put(newMemory(known.id, { ...contentOf(known), citations }));
  return "merged";
};
