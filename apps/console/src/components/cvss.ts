import { ownValue } from "./own-value.ts";

/** How bad the worst is that can come of a fault, by the words of CVSS. */
export type Severity = "none" | "low" | "medium" | "high" | "critical";

const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
/** The weight of privileges hangs on whether the fault reaches beyond the component that has it. */
const PRIVILEGES = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
} as const;

/** The base score of a CVSS 3 vector, from 0 to 10 with one decimal; null when it is no such vector. */
export const baseScore = (vector: string): number | null => {
  const [version = "", ...metrics] = vector.split("/");
  if (!/^CVSS:3\.[01]$/.test(version)) return null;
  const values = new Map(metrics.map((metric) => metric.split(":") as [string, string]));
  const scope = values.get("S");
  const weightOf = (metric: string) => ownValue(WEIGHTS[metric] ?? {}, values.get(metric) ?? "");
  const [vectorWeight, complexity, interaction, c, i, a] = ["AV", "AC", "UI", "C", "I", "A"].map(weightOf);
  if (scope !== "U" && scope !== "C") return null;
  const privileges = ownValue<number>(PRIVILEGES[scope], values.get("PR") ?? "");
  if (vectorWeight === undefined || complexity === undefined || interaction === undefined) return null;
  if (privileges === undefined || c === undefined || i === undefined || a === undefined) return null;
  const sub = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = scope === "U" ? 6.42 * sub : 7.52 * (sub - 0.029) - 3.25 * (sub - 0.02) ** 15;
  if (impact <= 0) return 0;
  const ease = 8.22 * vectorWeight * complexity * privileges * interaction;
  return roundUp(Math.min(10, (scope === "U" ? 1 : 1.08) * (impact + ease)));
};

/** To the next tenth, without what binary fractions add. */
const roundUp = (score: number): number => {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
};

export const severityOf = (score: number): Severity => {
  if (score === 0) return "none";
  if (score < 4) return "low";
  if (score < 7) return "medium";
  return score < 9 ? "high" : "critical";
};
