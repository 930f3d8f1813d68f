import type { PluginRuntime } from "@patchbay/core";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Seconds; from a cached answer to a long tool call. */
const DURATION_BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** What the server tells Prometheus about itself. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  constructor(runtime: PluginRuntime) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: "patchbay_http_request_seconds",
      help: "Time to answer requests",
      labelNames: ["method", "route", "status"],
      buckets: DURATION_BUCKETS,
      registers,
    });
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
    this.#requests.observe({ method, route, status }, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}
