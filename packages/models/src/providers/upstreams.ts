import type { InvocationGateway, PluginAnswer, PluginSpec } from "@patchbay/core";
import {
  type ChatRequest,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  isJsonObject,
  ModelUpstream,
  PatchbayError,
  type ProviderCall,
} from "@patchbay/protocol";
import { Compile } from "typebox/compile";
import type { EventBatches } from "../events-of.ts";
import { readCount, writeCountRequest } from "../formats/anthropic-messages/count-tokens.ts";
import type { JsonObject } from "../formats/format.ts";
import { FORMATS } from "../formats/formats.ts";
import { readEmbeddingsAnswer, writeEmbeddingsRequest } from "../formats/openai/embeddings.ts";
import { readModelNames } from "../formats/shared/listed-models.ts";
import { EMBEDDINGS_BOUNDS, MAX_HELD_LISTS, SMALL_ANSWER_BOUNDS, UPSTREAM_AGE_MS } from "../limits.ts";
import { ModelFailure } from "../model-failure.ts";
import type { UpstreamCall, UpstreamClient } from "../upstreams/upstream-client.ts";
import { type ModelCaller, type Provider, pathTo, wayOf } from "./ask-provider.ts";
import { lazily } from "./lazily.ts";
import { failureOf, malformed } from "./provider-failures.ts";
import { Recent } from "./recent.ts";

const PATHS = {
  "openai-chat": "/chat/completions",
  "openai-responses": "/responses",
  "anthropic-messages": "/messages",
} as const;

const upstreams = lazily(() => Compile(ModelUpstream));

type Ask = (input: ProviderCall) => Promise<PluginAnswer>;

/** Models whose servers Patchbay asks itself, where plugins say. Each request is a call of the plugin's, under all rules of one. */
export class Upstreams {
  readonly #gateway: Pick<InvocationGateway, "callInStead">;
  readonly #client: UpstreamClient;
  /** By installation, revision, provider and project. */
  readonly #held = new Recent<ModelUpstream>({ ageMs: UPSTREAM_AGE_MS, most: MAX_HELD_LISTS });

  constructor(gateway: Pick<InvocationGateway, "callInStead">, client: UpstreamClient) {
    this.#gateway = gateway;
    this.#client = client;
  }

  /** The model's answer, as a plugin would have given it. Throws what keeps the caller from calling the plugin, and what the upstream failed with. */
  async chat(caller: ModelCaller, provider: Provider, request: ChatRequest): Promise<PluginAnswer> {
    return await this.#inStead(caller, provider, async (call, ask) => {
      const format = FORMATS[call.upstream.format];
      const written = format.writeRequest(request);
      const body = provider.entry.upstream === "adapted" ? await adapted(ask, written, request) : written;
      const path = PATHS[format.name];
      if (request.stream === true)
        return { kind: "stream", values: metered(this.#client.stream(call, format, path, body)) };
      return { kind: "value", value: format.readAnswer(await this.#client.ask(call, format, path, body)) };
    });
  }

  /** The same for embeddings. */
  async embed(caller: ModelCaller, provider: Provider, request: EmbeddingsRequest): Promise<PluginAnswer> {
    return await this.#inStead(caller, provider, async (call) => {
      const format = FORMATS[call.upstream.format];
      const body = writeEmbeddingsRequest(request);
      const told = await this.#client.ask(call, format, "/embeddings", body, EMBEDDINGS_BOUNDS);
      const value: EmbeddingsAnswer = readEmbeddingsAnswer(told, request.inputs.length);
      return { kind: "value", value };
    });
  }

  /** How many tokens the input has, where the server counts them; else null. */
  async count(caller: ModelCaller, provider: Provider, request: ChatRequest): Promise<number | null> {
    const answer = await this.#inStead(caller, provider, async (call) => {
      const format = FORMATS[call.upstream.format];
      if (format.name !== "anthropic-messages") return { kind: "value", value: null };
      const told = await this.#client.ask(
        call,
        format,
        "/messages/count_tokens",
        writeCountRequest(request),
        SMALL_ANSWER_BOUNDS,
      );
      return { kind: "value", value: readCount(told) };
    });
    return answer.kind === "value" && typeof answer.value === "number" ? answer.value : null;
  }

  /** Asks the server for its list of models, and how many they are. */
  async test(caller: ModelCaller, provider: Provider): Promise<PluginAnswer> {
    return await this.#inStead(caller, provider, async (call) => {
      const told = await this.#client.ask(
        call,
        FORMATS[call.upstream.format],
        "/models",
        undefined,
        SMALL_ANSWER_BOUNDS,
      );
      return { kind: "value", value: readModelNames(told).length };
    });
  }

  /** Everything of an installation is asked anew. */
  forget(installationId: string): void {
    this.#held.forget(`${installationId} `);
  }

  async #inStead(
    caller: ModelCaller,
    provider: Provider,
    work: (call: UpstreamCall, ask: Ask) => Promise<PluginAnswer>,
  ): Promise<PluginAnswer> {
    const { by, project, signal } = caller;
    const { plugin, entry } = provider;
    const place = {
      kind: "models",
      plugin,
      name: entry.name,
      path: pathTo(caller, provider),
      ...(project !== undefined && { project }),
      ...wayOf(caller),
    } as const;
    return await this.#gateway.callInStead(by, place, async (spec, call) => {
      const ask: Ask = (input) => call({ input, signal });
      try {
        const upstream = await this.#upstreamOf(spec, provider, project, ask);
        if (upstream === null) throw notSetUp(provider);
        return await work({ spec, project, upstream, signal }, ask);
      } catch (error) {
        // It may have been asked with what was in force a moment ago.
        if (error instanceof PatchbayError && STALE.has(error.code)) this.forget(spec.installationId);
        throw failureOf(error);
      }
    });
  }

  async #upstreamOf(
    { installationId }: PluginSpec,
    { revision, entry }: Provider,
    project: string | undefined,
    ask: Ask,
  ): Promise<ModelUpstream | null> {
    const key = `${installationId} ${revision} ${entry.name} ${project ?? ""}`;
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const answer = await ask({ ask: "upstream" });
    const value = answer.kind === "value" ? answer.value : undefined;
    if (value === null) return null;
    if (upstreams().Check(value)) return this.#held.set(key, value);
    throw malformed("where its models are", "it is no format with an address");
  }
}

const STALE: ReadonlySet<string> = new Set(["secret_refused", "permission_denied"]);

const NOT_SET_UP = "not_set_up";

const notSetUp = ({ plugin, entry }: Provider): ModelFailure =>
  new ModelFailure(
    {
      code: "model_not_found",
      message: `${entry.title ?? entry.name} is not set up: the settings of "${plugin}" do not say all that it needs.`,
    },
    { cause: NOT_SET_UP },
  );

/** Whether a provider was not asked, since its settings do not say all that it needs. */
export const isNotSetUp = (error: unknown): boolean =>
  error instanceof Error && (error.cause === NOT_SET_UP || isNotSetUp(error.cause));

const adapted = async (ask: Ask, body: JsonObject, request: ChatRequest): Promise<JsonObject> => {
  const answer = await ask({ ask: "adapt", body, request });
  if (answer.kind === "value" && isJsonObject(answer.value)) return answer.value;
  throw malformed("a body", "it is no object");
};

/** A failure of the upstream's is an event for whoever reads, and then an error, so that the call does not count as one that was answered. */
const metered = async function* (events: EventBatches): EventBatches {
  try {
    for await (const batch of events) {
      yield batch;
      const last = batch.at(-1);
      if (last?.type === "error") throw new ModelFailure(last.error);
    }
  } catch (error) {
    throw failureOf(error);
  }
};
