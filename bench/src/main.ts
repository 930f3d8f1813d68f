import { availableParallelism, totalmem } from "node:os";
import { benchConsole } from "./console.ts";
import { benchHttp } from "./http.ts";
import { benchPackageValidation } from "./package-validation.ts";
import { benchRegistry } from "./registry.ts";
import type { Row } from "./row.ts";
import { benchSandbox } from "./sandbox.ts";
import { benchStart } from "./start.ts";
import { benchStrangers } from "./strangers.ts";

const SUITES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  sandbox: benchSandbox,
  packages: benchPackageValidation,
  http: benchHttp,
  console: benchConsole,
  registry: benchRegistry,
  start: benchStart,
  strangers: benchStrangers,
};

/** `npm run bench` runs every suite; `npm run bench -- http` those that are named. */
const wanted = process.argv.slice(2);
const memory = Math.round(totalmem() / 2 ** 30);
process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} cores, ${memory} GiB. Medians; compare within one run only.\n`,
);
for (const [name, suite] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  for (const row of await suite()) process.stdout.write(`${format(row)}\n`);
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
