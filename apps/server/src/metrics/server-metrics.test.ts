import { describe, expect, it } from "vitest";
import { ServerMetrics } from "./server-metrics.ts";

type Call = Parameters<ServerMetrics["recordCall"]>[0];

const ended = (durationMs: number, code: Call["code"]): Call =>
  ({ pluginId: "acme.weather", installationId: "i", durationMs, code }) as Call;

const textOf = async (prepare: (metrics: ServerMetrics) => void): Promise<string> => {
  const metrics = new ServerMetrics("1.2.3");
  metrics.watch({ instances: () => [] });
  prepare(metrics);
  return await metrics.text();
};

describe("the server's metrics", () => {
  it("count calls, errors and durations of each plugin", async () => {
    const text = await textOf((metrics) => {
      metrics.recordCall(ended(20, null));
      metrics.recordCall(ended(2_000, "deadline_exceeded"));
    });
    expect(text).toContain(
      'patchbay_plugin_call_duration_seconds_count{plugin="acme.weather",outcome="ok"} 1',
    );
    expect(text).toContain(
      'patchbay_plugin_call_duration_seconds_sum{plugin="acme.weather",outcome="error"} 2',
    );
    expect(text).toContain(
      'patchbay_plugin_call_errors_total{plugin="acme.weather",code="deadline_exceeded"} 1',
    );
  });

  it("do not count it as an error of a plugin that nobody waited for its answer any more", async () => {
    const text = await textOf((metrics) => metrics.recordCall(ended(20, "cancelled")));
    expect(text).toContain('count{plugin="acme.weather",outcome="cancelled"} 1');
    expect(text).not.toContain("patchbay_plugin_call_errors_total{");
  });

  it("count requests to models and their tokens by the plugin that has the model, and extractions of memories", async () => {
    const text = await textOf((metrics) => {
      const tokens = { input: 30, output: 12 };
      metrics.recordModelUse({ plugin: "acme.models", tokens, code: null });
      metrics.recordModelUse({ plugin: "acme.models", tokens, code: "overloaded" });
      metrics.recordExtraction({ pluginId: "acme.notes", code: "malformed" });
      metrics.recordExtraction({ pluginId: "acme.notes", code: null });
    });
    expect(text).toContain('patchbay_model_requests_total{plugin="acme.models",outcome="ok"} 1');
    expect(text).toContain('patchbay_model_requests_total{plugin="acme.models",outcome="error"} 1');
    expect(text).toContain('patchbay_model_tokens_total{plugin="acme.models",direction="input"} 60');
    expect(text).toContain('patchbay_model_tokens_total{plugin="acme.models",direction="output"} 24');
    expect(text).toContain('patchbay_memory_extractions_total{plugin="acme.notes",outcome="error"} 1');
    expect(text).toContain('patchbay_memory_extractions_total{plugin="acme.notes",outcome="ok"} 1');
  });

  it("count processes that were ended, by the reason", async () => {
    const text = await textOf((metrics) => metrics.recordEnd("acme.weather", "out_of_memory"));
    expect(text).toContain(
      'patchbay_plugin_processes_ended_total{plugin="acme.weather",code="out_of_memory"} 1',
    );
  });

  it("tell what runs", async () => {
    expect(await textOf(() => undefined)).toContain(
      `patchbay_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
    );
  });

  it("have names by Prometheus' conventions: only counters end with _total, times are in seconds", async () => {
    const text = await textOf((metrics) => metrics.record("GET", "/healthz", 200, 0.01));
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => ({
      name,
      type,
    }));
    expect(types.length).toBeGreaterThan(10);
    expect(types.filter(({ name, type }) => name.endsWith("_total") !== (type === "counter"))).toEqual([]);
    expect(types.filter(({ name }) => /_(ms|milliseconds|minutes|kilobytes|mb)$/.test(name))).toEqual([]);
    expect(types.filter(({ name, type }) => type === "histogram" && !name.endsWith("_seconds"))).toEqual([]);
  });
});
