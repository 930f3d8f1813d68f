import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  CONFORMANCE,
  CONFORMANCE_TOOLS,
  conformancePlugin,
  runConformance,
} from "./support/mcp-conformance.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";

let parts: TestOrganization;
let url: string;

beforeAll(async () => {
  parts = await startOrganization();
  await parts.install(conformancePlugin);
  await parts.client.plugins.step(CONFORMANCE, "enable");
  await parts.client.toolsets.create({ name: "conformance", tools: CONFORMANCE_TOOLS });
  url = `${parts.server.url}/mcp/conformance`;
});
afterAll(async () => await parts?.stop());

it.each(["2026-07-28", "2025-11-25"])("the scenarios of %s", { timeout: 180_000 }, async (revision) => {
  const run = await runConformance(url, revision);
  writeFileSync(`/tmp/conf-${revision}.txt`, run.output);
  console.log(revision, run.passed.length, run.passed, run.failed);
  expect(run.passed.length).toBeGreaterThan(5);
});
