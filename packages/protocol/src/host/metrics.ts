import Type from "typebox";
import type { PluginMetricsDto } from "../dto/user-interface.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

/** The organization in numbers. */
export const METRICS = {
  "metrics.plugins": {
    permission: "metrics.read",
    params: Type.Object({}, strict),
    answer: answers<readonly PluginMetricsDto[]>(),
  },
} as const satisfies HostDomain;
