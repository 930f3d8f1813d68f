import { type FinishedRun, hasFailed, type LoggedCall, type PluginRuntime } from "@patchbay/core";
import type { EndedExtraction, ModelUse } from "@patchbay/models";
import type { ErrorCode } from "@patchbay/protocol";
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from "prom-client";
import { DurationHistogram } from "./duration-histogram.ts";

/** Gauges of the library whose names end as only those of counters should. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

const LATENESS_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600];

/** What the server tells Prometheus about itself. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new DurationHistogram(
    "patchbay_http_request_duration_seconds",
    "Time to answer requests",
  );
  readonly #calls = new DurationHistogram(
    "patchbay_plugin_call_duration_seconds",
    "Time that calls of plugins took, streams to their last value",
  );
  readonly #errors: Counter<"plugin" | "code">;
  readonly #ended: Counter<"plugin" | "code">;
  readonly #runs: Counter<"plugin" | "outcome">;
  readonly #lateness: Histogram;
  readonly #modelRequests: Counter<"plugin" | "outcome">;
  readonly #tokens: Counter<"plugin" | "direction">;
  readonly #extractions: Counter<"plugin" | "outcome">;

  constructor(version: string) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    // The registry asks a metric for its name and `get` only; its type names the library's own classes.
    for (const own of [this.#requests, this.#calls]) this.#registry.registerMetric(own as unknown as Metric);
    this.#errors = new Counter({
      name: "patchbay_plugin_call_errors_total",
      help: "Calls of plugins that ended with an error, by its code",
      labelNames: ["plugin", "code"],
      registers,
    });
    this.#ended = new Counter({
      name: "patchbay_plugin_processes_ended_total",
      help: "Processes of plugins that crashed or were ended, by the reason",
      labelNames: ["plugin", "code"],
      registers,
    });
    this.#runs = new Counter({
      name: "patchbay_schedule_runs_total",
      help: "Runs of schedules that ended on this node, by how",
      labelNames: ["plugin", "outcome"],
      registers,
    });
    this.#lateness = new Histogram({
      name: "patchbay_schedule_lateness_seconds",
      help: "Time from a schedule's tick until its run began",
      buckets: LATENESS_SECONDS,
      registers,
    });
    this.#modelRequests = new Counter({
      name: "patchbay_model_requests_total",
      help: "Requests to models that ended, by the plugin that provides the model and by how",
      labelNames: ["plugin", "outcome"],
      registers,
    });
    this.#tokens = new Counter({
      name: "patchbay_model_tokens_total",
      help: "Tokens of requests to models as they are in the accounts, into the model and out of it",
      labelNames: ["plugin", "direction"],
      registers,
    });
    this.#extractions = new Counter({
      name: "patchbay_memory_extractions_total",
      help: "Extractions of memories that ended on this node, by how",
      labelNames: ["plugin", "outcome"],
      registers,
    });
    new Gauge({
      name: "patchbay_build_info",
      help: "1, with what runs as labels",
      labelNames: ["version", "node"],
      registers,
    }).set({ version, node: process.versions.node }, 1);
  }

  /** Tells of the sandboxes of this node from now on. */
  watch(runtime: Pick<PluginRuntime, "instances">): void {
    const registers = [this.#registry];
    new Gauge({
      name: "patchbay_plugin_instances",
      help: "Running sandboxes",
      labelNames: ["plugin"],
      registers,
      collect() {
        this.reset();
        for (const { pluginId } of runtime.instances()) this.inc({ plugin: pluginId });
      },
    });
    new Gauge({
      name: "patchbay_plugin_resident_bytes",
      help: "Resident memory of sandboxes",
      labelNames: ["plugin"],
      registers,
      collect() {
        this.reset();
        for (const { pluginId, residentBytes } of runtime.instances())
          this.inc({ plugin: pluginId }, residentBytes);
      },
    });
  }

  record(method: string, route: string, status: number, seconds: number): void {
    this.#requests.record(`${status}${method}${route}`, seconds, () => ({ method, route, status }));
  }

  recordCall({ pluginId: plugin, durationMs, code }: LoggedCall): void {
    const outcome = outcomeOf(code);
    this.#calls.record(`${outcome}${plugin}`, durationMs / 1000, () => ({ plugin, outcome }));
    if (code !== null && hasFailed({ code })) this.#errors.inc({ plugin, code });
  }

  recordRun({ pluginId: plugin, outcome, latenessMs }: FinishedRun): void {
    this.#runs.inc({ plugin, outcome });
    this.#lateness.observe(latenessMs / 1_000);
  }

  recordModelUse({ plugin, tokens: { input, output }, code }: ModelUse): void {
    this.#modelRequests.inc({ plugin, outcome: outcomeOf(code) });
    this.#tokens.inc({ plugin, direction: "input" }, input);
    this.#tokens.inc({ plugin, direction: "output" }, output);
  }

  recordExtraction({ pluginId: plugin, code }: EndedExtraction): void {
    this.#extractions.inc({ plugin, outcome: outcomeOf(code) });
  }

  recordEnd(plugin: string, code: ErrorCode): void {
    this.#ended.inc({ plugin, code });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}

/** What a failure was is in the log: the codes of models are their providers' own. */
const outcomeOf = (code: string | null): "ok" | "cancelled" | "error" => {
  if (code === null) return "ok";
  return code === "cancelled" ? "cancelled" : "error";
};
