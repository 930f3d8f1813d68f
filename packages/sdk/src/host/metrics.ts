import type { MetricsApi } from "../api/metrics.ts";
import { type TypedAsk, value } from "./ask.ts";

export const metricsApi = (ask: TypedAsk): MetricsApi => ({
  plugins: () => value(ask("metrics.plugins", {})),
});
