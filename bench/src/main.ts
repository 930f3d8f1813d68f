import { availableParallelism, totalmem } from "node:os";
import { benchConsole } from "./console.ts";
import { benchEndpoints } from "./endpoints.ts";
import { benchHttp } from "./http.ts";
import { benchMcp } from "./mcp.ts";
import { benchMemory } from "./memory.ts";
import { benchModels } from "./models.ts";
import { benchPackageValidation } from "./package-validation.ts";
import { findProgram } from "./programs.ts";
import { benchRegistry } from "./registry.ts";
import type { Row } from "./row.ts";
import { benchSandbox } from "./sandbox.ts";
import { benchStart } from "./start.ts";
import { benchStrangers } from "./strangers.ts";

interface Suite {
  readonly run: () => Promise<readonly Row[]>;
  /** A program without which there is nothing to measure. */
  readonly needs?: string;
}

const SUITES: Readonly<Record<string, Suite>> = {
  sandbox: { run: benchSandbox },
  packages: { run: benchPackageValidation },
  http: { run: benchHttp, needs: "wrk" },
  endpoints: { run: benchEndpoints, needs: "wrk" },
  models: { run: benchModels, needs: "wrk" },
  mcp: { run: benchMcp },
  memory: { run: benchMemory },
  console: { run: benchConsole },
  registry: { run: benchRegistry, needs: "wrk" },
  start: { run: benchStart },
  strangers: { run: benchStrangers },
};

/** `npm run bench` runs every suite; `npm run bench -- http` those that are named. What one lacks keeps none from the others. */
const wanted = process.argv.slice(2);
const memory = Math.round(totalmem() / 2 ** 30);
process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} cores, ${memory} GiB. Medians; compare within one run only.\n`,
);
for (const [name, suite] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  if (suite.needs !== undefined && findProgram(suite.needs) === null) {
    process.stdout.write(`  left out: ${suite.needs} is not installed; Debian's package has the same name\n`);
    continue;
  }
  try {
    for (const row of await suite.run()) process.stdout.write(`${format(row)}\n`);
  } catch (error) {
    process.exitCode = 1;
    process.stdout.write(`  failed: ${error instanceof Error ? error.stack : error}\n`);
  }
}

function format({ what, unit, patchbay, peers, goal }: Row): string {
  const beside = Object.entries(peers).map(
    ([peer, value]) => `${peer} ${round(value)} (${round(patchbay / value)}×)`,
  );
  return `  ${what}: ${round(patchbay)} ${unit}${beside.length > 0 ? `; ${beside.join(", ")}` : ""}${goal === undefined ? "" : ` [goal: ${goal}]`}`;
}

function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
