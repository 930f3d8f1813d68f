import type { MetricsDto } from "@patchbay/protocol";
import type { Formats } from "../../../components/formats.ts";

/** The hour in a few numbers, with their units. */
export const totalsOf = (total: MetricsDto["total"], formats: Formats) =>
  [
    ["calls", formats.number(total.calls)],
    ["errors", formats.number(total.errors)],
    ["errorRate", formats.percent(total.calls === 0 ? 0 : total.errors / total.calls)],
    ["p50", formats.duration(total.p50Ms)],
    ["p95", formats.duration(total.p95Ms)],
    ["cpu", formats.duration(total.cpuMs)],
    ["memory", formats.bytes(total.residentBytes)],
  ] as const;
