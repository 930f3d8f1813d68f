import {
  type CallSurface,
  type ErrorCode,
  entriesOf,
  isJsonObject,
  type Manifest,
  type Masks,
  masksOf,
  type Trace,
} from "@patchbay/protocol";
import type { LoggedCall } from "../../ports/call-store.ts";
import type { CallLink, PluginCall, PluginSpec, StartedBy } from "../../ports/plugin-runtime.ts";
import { newCallId } from "../calls/call-id.ts";
import { KeptJson } from "../calls/kept-json.ts";
import type { CallPath } from "./call-path.ts";

/** What is known of a call before it is made. */
export interface CallOrigin {
  readonly kind: PluginCall["kind"];
  readonly name: string;
  readonly project?: string | undefined;
  readonly path?: CallPath | undefined;
  /** The call that makes it. */
  readonly from?: CallLink | undefined;
  readonly starter: StartedBy | undefined;
  readonly surface?: CallSurface | undefined;
  /** The plugin that calls. */
  readonly fromPlugin?: string | undefined;
  readonly trace?: Trace | undefined;
}

/** Of what goes in and out, what is not kept. */
export interface ContentMasks {
  readonly input: Masks;
  readonly output: Masks;
}

/** By the schemas of what is called. */
export const contentMasks = (
  manifest: Manifest,
  { kind, name }: Pick<CallOrigin, "kind" | "name">,
): ContentMasks => {
  const entry: unknown = entriesOf(manifest, kind).find((one) => one.name === name);
  const { input, output } = isJsonObject(entry) ? entry : {};
  return { input: masksOf(input), output: masksOf(output) };
};

/** A call that is under way, as the log of calls will have it. */
export class CallRecord {
  /** For what the call asks for. */
  readonly link: CallLink;
  readonly #spec: PluginSpec;
  readonly #origin: CallOrigin;
  readonly #masks: ContentMasks | null;
  readonly #at = new Date();
  readonly #started = performance.now();
  readonly #bytes = { input: 0, output: 0 };
  #input: LoggedCall["input"] = null;
  #output: LoggedCall["output"] = null;
  #stream: KeptJson | undefined;

  /** `masks` is null where neither input nor output is kept. */
  constructor(spec: PluginSpec, origin: CallOrigin, masks: ContentMasks | null) {
    this.#spec = spec;
    this.#origin = origin;
    this.#masks = masks;
    const { from, starter, surface = from?.surface, trace = from?.trace } = origin;
    const call = newCallId(this.#at.getTime());
    this.link = {
      call,
      first: from?.first ?? call,
      ...(surface && { surface }),
      ...(starter && { starter }),
      ...(trace && { trace }),
    };
  }

  takeInput(value: unknown): void {
    if (this.#masks !== null) this.#input = KeptJson.of(value, this.#masks.input);
  }

  takeOutput(value: unknown): void {
    if (this.#masks !== null) this.#output = KeptJson.of(value, this.#masks.output);
  }

  /** The same values, which are kept as they go by. */
  kept(values: AsyncIterable<unknown>): AsyncIterable<unknown> {
    if (this.#masks === null) return values;
    this.#stream = new KeptJson(this.#masks.output);
    return keptBy(this.#stream, values);
  }

  count = (way: "input" | "output", bytes: number): void => {
    this.#bytes[way] += bytes;
  };

  /** It has ended; null: it was answered. */
  end(code: ErrorCode | null): LoggedCall {
    const { installationId, organizationId, pluginId, version } = this.#spec;
    const { kind, name, project, path, from, fromPlugin } = this.#origin;
    const { call, first, surface, starter, trace } = this.link;
    return {
      id: call,
      organizationId,
      installationId,
      pluginId,
      version,
      kind,
      name,
      project: project ?? null,
      userId: starter?.person ?? null,
      apiKeyId: starter?.apiKey ?? null,
      caller: fromPlugin ?? null,
      surface: surface ?? null,
      path: path ?? null,
      parentId: from?.call ?? null,
      chainId: first,
      traceId: trace?.id ?? null,
      at: this.#at,
      durationMs: performance.now() - this.#started,
      code,
      inputBytes: this.#bytes.input || null,
      outputBytes: this.#bytes.output || null,
      input: this.#input,
      output: this.#stream?.end() ?? this.#output,
    };
  }
}

const keptBy = async function* (kept: KeptJson, values: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  for await (const value of values) {
    kept.push(value);
    yield value;
  }
};
