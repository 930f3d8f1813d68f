import type { PluginRuntime } from "@patchbay/core";
import { collectDefaultMetrics, Gauge, type Metric, Registry } from "prom-client";
import { RequestDurations } from "./request-durations.ts";

/** What the server tells Prometheus about itself. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new RequestDurations();

  constructor(runtime: PluginRuntime) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // The registry asks a metric for its name and `get` only; its type names the library's own classes.
    this.#registry.registerMetric(this.#requests as unknown as Metric);
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
    this.#requests.record(method, route, status, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}
