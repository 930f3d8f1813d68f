import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PAGES = join(ROOT, "docs/adding");

/** How many files that are there already each page may have its reader change. */
const MAY_CHANGE: Readonly<Record<string, number>> = {
  "contribution-kind": 7,
  "host-domain": 8,
  route: 4,
  page: 7,
  table: 6,
  job: 2,
};
/** Four programs, on a machine that does other things besides. */
const COMPILED_IN_MS = 600_000;
/** What the examples are compiled as. */
const PROJECTS = ["tsconfig.json", "packages/guest", "apps/console", "test/browser"];

/** A piece of an example: a file of its own, or lines in one that is there. */
interface Piece {
  readonly path: string;
  /** Absent where the file is the example's own. */
  readonly at?: { readonly where: "after" | "before" | "instead of"; readonly line: string };
  readonly code: string;
}

const PIECE =
  /^\*\*(?:New|In)\*\* `([^`]+)`(?:, (after|before|instead of) `(.+)`)?\n\n```\w+\n([\s\S]*?)\n```$/gm;

const pieces = (page: string): Piece[] => {
  const text = readFileSync(join(PAGES, page), "utf8");
  const found = [...text.matchAll(PIECE)];
  const said = text.match(/^\*\*(New|In)\*\*/gm) ?? [];
  if (found.length !== said.length) throw new Error(`${page} has a piece that is written another way.`);
  return found.map(([, path = "", where, line = "", code = ""]) =>
    where === undefined ? { path, code } : { path, at: { where: where as "after", line }, code },
  );
};

const pages = readdirSync(PAGES).map((page) => page.replace(/\.md$/, ""));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-adding-"));
  for (const path of ["packages", "apps", "plugins", "test", "bench", "docs", "scripts"])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const path of [
    "tsconfig.json",
    "tsconfig.base.json",
    "package.json",
    "vitest.config.ts",
    "biome.json",
  ])
    cpSync(join(ROOT, path), join(folder, path));
  linkModules(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const page of pages) for (const piece of pieces(`${page}.md`)) apply(piece);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Libraries are the repository's own, packages of the workspace are the copy's. */
const linkModules = (from: string, to: string): void => {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name === "@patchbay")
      cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, name), join(to, name));
  }
};

/** Does what a piece says in the copy. Throws where the file does not have the line that it names exactly once. */
const apply = ({ path, at, code }: Piece): void => {
  const file = join(folder, path);
  if (at === undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${code}\n`, { flag: "wx" });
    return;
  }
  const lines = readFileSync(file, "utf8").split("\n");
  const found = lines.flatMap((line, index) => (line.startsWith(at.line) ? [index] : []));
  if (found.length !== 1) throw new Error(`${path} has ${found.length} lines that begin with: ${at.line}`);
  const [index = 0] = found;
  if (at.where === "instead of") lines.splice(index, 1, code);
  else lines.splice(at.where === "after" ? index + 1 : index, 0, code);
  writeFileSync(file, lines.join("\n"));
};

it("there is a page for each thing that is added often", () =>
  expect(pages.toSorted()).toEqual(Object.keys(MAY_CHANGE).toSorted()));

it.each(pages)("no more files are changed than need be: %s", (page) => {
  const changed = new Set(pieces(`${page}.md`).flatMap(({ path, at }) => (at === undefined ? [] : [path])));
  expect(changed.size).toBe(MAY_CHANGE[page]);
});

const tool = async (name: string, args: readonly string[]): Promise<void> => {
  const program = join(ROOT, "node_modules/.bin", name);
  await promisify(execFile)(program, args, { cwd: folder }).catch(
    (error: { stdout: string; stderr: string }) =>
      expect.fail(`${args.join(" ")}\n${error.stdout}${error.stderr}`),
  );
};

it("who does what the pages say, and formats it, breaks no rule of the linter", async () => {
  const touched = new Set(pages.flatMap((page) => pieces(`${page}.md`).map(({ path }) => path)));
  await tool("biome", ["check", "--write", "--vcs-enabled=false", ...touched]);
});

it("who does what the pages say has something that compiles", { timeout: COMPILED_IN_MS }, async () => {
  for (const project of PROJECTS) await tool("tsc", ["-p", project]);
});
