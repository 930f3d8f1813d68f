import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject, TEMPLATES } from "./make-project.ts";

const TSC = fileURLToPath(new URL("../../../../node_modules/.bin/tsc", import.meta.url));

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "patchbay-project-"));
});
afterAll(async () => await rm(parent, { recursive: true, force: true }));

describe("a new project of every template", () => {
  it.each(TEMPLATES)("has sources without a type error: %s", async (template) => {
    const folder = await makeProject(`acme.${template}`, template, join(parent, template));
    const { status, stdout } = spawnSync(TSC, ["-p", "."], { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
