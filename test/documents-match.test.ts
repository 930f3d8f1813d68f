import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { HOST_METHODS, PERMISSIONS, VIEW_PLACES } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFile(join(ROOT, path), "utf8");

describe("the documents", () => {
  it("list every error code, and the SDK's schema is the manifest's", async () => {
    await promisify(execFile)(process.execPath, ["scripts/write-docs.mjs", "--check"], { cwd: ROOT });
  });

  it("name every permission, and say which of them can be used", async () => {
    const guide = await read("docs/author-guide.md");
    const built = new Set([
      ...Object.values(HOST_METHODS).flatMap((method) =>
        "params" in method && method.permission ? [method.permission] : [],
      ),
      ...VIEW_PLACES.map((place) => `ui.${place}`),
      "ui.theme",
    ]);
    for (const [name, { kind, title }] of Object.entries(PERMISSIONS)) {
      const usable = built.has(name) ? "yes" : "`not_available`";
      expect(guide).toContain(`| \`${name}\` | ${kind} | ${title} | ${usable} |`);
    }
  });

  it("name every variable that the server reads", async () => {
    const guide = await read("docs/operator-guide.md");
    const files = ["configuration", "s3-configuration"].map((name) => `apps/server/src/config/${name}.ts`);
    const source = (await Promise.all(files.map(read))).join("\n");
    const names = new Set(
      [...source.matchAll(/environment\.(PATCHBAY_\w+)|"(PATCHBAY_\w+)"/g)].map(
        ([, one, other]) => one ?? other,
      ),
    );
    expect(names.size).toBeGreaterThan(8);
    for (const name of names) expect(guide).toContain(`\`${name}\``);
  });
});
