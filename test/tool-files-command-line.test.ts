import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { FILES, filePlugin } from "./support/file-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY, temporaryFolder } from "./support/server.ts";

let organization: TestOrganization;

beforeAll(async () => {
  organization = await startOrganization({ PATCHBAY_MAX_FILE_MIB: "48" });
  await organization.install(filePlugin);
  const enabled = await organization.owner.post(`/api/orgs/default/plugins/${FILES}/enable`);
  expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
});
afterAll(async () => await organization?.stop());

describe("a tool with files, called from the command line,", () => {
  const cli = (folder: string, ...args: string[]) =>
    runCli(["plugin", "call", FILES, ...args], {
      environment: { PATCHBAY_API_KEY: BOOTSTRAP_KEY, PATCHBAY_URL: organization.server.url },
      cwd: folder,
    });

  it("sends a file of 40 MB and writes the one that comes back, over nothing that nobody named", async () => {
    const folder = await temporaryFolder();
    try {
      const content = randomBytes(40_000_000);
      await writeFile(join(folder.path, "tea.bin"), content);
      const first = await cli(folder.path, "echo", "--file", "file=tea.bin");
      expect(first, first.stderr).toMatchObject({ code: 0 });
      expect(first.stdout).toContain("file: tea-2.bin (40.0 MB)");
      expect((await readFile(join(folder.path, "tea-2.bin"))).equals(content)).toBe(true);
      const named = [
        "echo",
        '{"note":"n"}',
        "--file",
        "file=tea.bin",
        "--output",
        "file=tea-2.bin",
        "--json",
      ];
      await writeFile(join(folder.path, "tea-2.bin"), "old");
      const second = await cli(folder.path, ...named);
      expect(JSON.parse(second.stdout)).toEqual({
        output: { file: null },
        files: [{ field: "file", path: "tea-2.bin", bytes: 40_000_000 }],
      });
      expect((await readFile(join(folder.path, "tea-2.bin"))).equals(content)).toBe(true);
      expect((await readdir(folder.path)).sort()).toEqual(["tea-2.bin", "tea.bin"]);
    } finally {
      await folder.remove();
    }
  });

  it("writes to standard output, names without paths, and says what it was called with wrongly", async () => {
    const folder = await temporaryFolder();
    try {
      const piped = await cli(folder.path, "page", "--output", "output=-");
      expect(piped).toMatchObject({ code: 0, stdout: "<script>alert(1)</script>" });
      const saved = await cli(folder.path, "page");
      expect(saved.stdout).toContain("output: evil.html (25 bytes)");
      expect(await readdir(folder.path)).toEqual(["evil.html"]);
      for (const [args, says] of [
        [["count", "--file", "file=none.txt"], "There is no file none.txt"],
        [["count", "--file", "none.txt"], "FIELD=PATH"],
        [["count", "--file", "file=evil.html", "--file", "file=evil.html"], "twice"],
        [["count", "--stream", "--file", "file=evil.html"], "--stream"],
      ] as const) {
        const wrong = await cli(folder.path, ...args);
        expect([wrong.code, wrong.stderr], args.join(" ")).toEqual([2, expect.stringContaining(says)]);
      }
    } finally {
      await folder.remove();
    }
  });
});
