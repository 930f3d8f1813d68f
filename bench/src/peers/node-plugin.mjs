// The peer of an activation: a Node process that evaluates a plugin's script and answers calls, one line of JSON each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const script = readFileSync(process.argv[2], "utf8");
const start = performance.now();
const exports = new Function("require", script)(createRequire(import.meta.url));
const evaluatedMs = performance.now() - start;

for await (const line of createInterface({ input: process.stdin })) {
  const { name, input } = JSON.parse(line);
  const value = await exports.default.tools[name].run(input, {});
  process.stdout.write(`${JSON.stringify({ value, evaluatedMs })}\n`);
}
