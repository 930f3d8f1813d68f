import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { COMING_PERMISSIONS, PERMISSIONS } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFile(join(ROOT, path), "utf8");

/** Folders with texts of ours. */
const OURS = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs",
  "apps",
  "packages",
  "plugins",
  "scripts",
  "bench",
];
const NOT_OURS = /node_modules|\/dist\//;
/** What has npm look for a program by a name that is somebody else's package there, unless it is told the package. */
const FOREIGN =
  /\b(?:npx|bunx|pnpx|(?:npm|pnpm|yarn|bun)\s+(?:exec|dlx|x|create|init|i|install|add))(?:\s+--|\s+-(?!-?p(?:ackage)?\b)\S+)*\s+(?:patchbay|tsc)(?![\w@/.-])/;

const textsOfOurs = async (): Promise<string[]> => {
  const found = OURS.map(async (path) => {
    if (path.endsWith(".md")) return [path];
    const entries = await readdir(join(ROOT, path), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(md|tsx?|mjs|js|json|html)$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  });
  return (await Promise.all(found)).flat().filter((path) => !NOT_OURS.test(path));
};

describe("no text of ours", () => {
  it("makes people run a package of npm that has our name and is another project's", async () => {
    const texts = await textsOfOurs();
    expect(texts.length).toBeGreaterThan(500);
    const found = await Promise.all(
      texts.map(async (path) => {
        const lines = (await read(path)).split("\n");
        return lines.flatMap((line, index) =>
          FOREIGN.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
        );
      }),
    );
    expect(found.flat()).toEqual([]);
  });

  it.each([
    "npx patchbay plugin init",
    "npx --yes patchbay",
    "npm exec -- patchbay",
    "npm install -g patchbay",
    "npx tsc",
  ])("such as: %s", (text) => expect(text).toMatch(FOREIGN));

  it.each([
    "npx --yes --package http://x/cli.tgz patchbay plugin",
    "npx -p x patchbay",
    "npx patchbay-x",
    "npm run patchbay -- x",
  ])("while this is none: %s", (text) => expect(text).not.toMatch(FOREIGN));
});

describe("the documents", () => {
  it("list every error code, and the SDK's schema is the manifest's", async () => {
    await promisify(execFile)(process.execPath, ["scripts/write-docs.mjs", "--check"], { cwd: ROOT });
  });

  it("name every permission, and say which of them are yet to come", async () => {
    const guide = await read("docs/author-guide.md");
    for (const [name, { kind, title }] of Object.entries(PERMISSIONS))
      expect(guide).toContain(`| \`${name}\` | ${kind} | ${title} |`);
    const [, coming = ""] = /to come: ([^.]*(?:\.\w[^.]*)*)\. Nobody/.exec(guide) ?? [];
    expect([...coming.matchAll(/`([\w.]+)`/g)].map(([, name]) => name)).toEqual([...COMING_PERMISSIONS]);
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
