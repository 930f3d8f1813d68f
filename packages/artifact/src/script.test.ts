import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PatchbayError, SANDBOX_MODULES } from "@patchbay/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ScriptSource, toScript } from "./script.ts";

type Files = Readonly<Record<string, string>>;

const convert = (files: Files, limits?: ScriptSource["limits"]) =>
  toScript({
    main: "dist/plugin.js",
    readFile: async (path) => (Object.hasOwn(files, path) ? Buffer.from(files[path] ?? "") : undefined),
    ...(limits === undefined ? {} : { limits }),
  });

/** Runs a script as the guest does; `require` gives Node's own modules, and only those that the sandbox has. */
function evaluate(script: string): Record<string, unknown> {
  const load = createRequire(import.meta.url);
  const allowed = new Set<string>(SANDBOX_MODULES.map((name) => `node:${name}`));
  const guestRequire = (name: string) => {
    if (!allowed.has(name)) throw new Error(`${name} is not available`);
    return load(name);
  };
  return new Function("require", script)(guestRequire);
}

const run = async (files: Files) => evaluate(await convert(files));

test("an ES module becomes a script that returns its namespace", async () => {
  const plugin = await run({ "dist/plugin.js": "export const version = 2; export default { tools: {} };" });
  expect(plugin.version).toBe(2);
  expect(plugin.default).toEqual({ tools: {} });
});

test("files of the package are bundled, by any spelling of their paths", async () => {
  const plugin = await run({
    "dist/plugin.js":
      'import { a } from "./lib/a.js"; import data from "../data.json"; import b from "./b"; export default { a, data, b };',
    "dist/lib/a.js": 'import c from "../../shared"; export const a = "a" + c;',
    "dist/b.mjs": 'export default "b";',
    "shared/index.js": 'export default "c";',
    "data.json": '{ "answer": 42 }',
  });
  expect(plugin.default).toEqual({ a: "ac", data: { answer: 42 }, b: "b" });
});

test("CommonJS is taken as it is, sloppy mode included", async () => {
  const plugin = await run({
    "dist/plugin.js":
      'undeclared = require("./helper"); module.exports = { value: undeclared.value, self: this !== undefined };',
    "dist/helper.cjs": "exports.value = 7;",
  });
  delete (globalThis as Record<string, unknown>).undeclared;
  expect(plugin.default).toEqual({ value: 7, self: true });
});

test("CommonJS that was compiled from an ES module keeps its default export", async () => {
  const plugin = await run({
    "dist/plugin.js": "exports.__esModule = true; exports.default = { tools: 1 };",
  });
  expect(plugin.default).toEqual({ tools: 1 });
});

test("ES modules stay in strict mode", async () => {
  const script = await convert({ "dist/plugin.js": "export default () => { undeclared = 1; };" });
  expect(evaluate(script).default).toThrow(ReferenceError);
});

test("every module of the sandbox can be imported, with or without node:", async () => {
  const lines = SANDBOX_MODULES.map(
    (name, index) => `import * as m${index} from "${index % 2 ? "node:" : ""}${name}";`,
  );
  const list = SANDBOX_MODULES.map((_, index) => `m${index}`);
  const plugin = await run({ "dist/plugin.js": `${lines.join("\n")}\nexport default [${list}];` });
  const modules = plugin.default as object[];
  for (const [index, found] of modules.entries())
    expect(Object.keys(found), SANDBOX_MODULES[index]).not.toEqual([]);
});

test("dynamic imports work inside the package and for the sandbox's modules, and ask require for all else", async () => {
  const plugin = await run({
    "dist/plugin.js":
      'export const own = () => import("./own.js"); export const util = () => import("util"); export const any = (name) => import(name);',
    "dist/own.js": "export default 5;",
  });
  const { own, util, any } = plugin as Record<string, (name?: string) => Promise<Record<string, unknown>>>;
  expect((await own?.())?.default).toBe(5);
  expect((await util?.())?.inspect).toBeTypeOf("function");
  await expect(any?.("node:fs")).rejects.toThrow("node:fs is not available");
  await expect(any?.("file:///etc/passwd")).rejects.toThrow("not available");
});

test("an import whose failure the code catches is left to fail there", async () => {
  const plugin = await run({
    "dist/plugin.js":
      'let found; try { found = require("fs"); } catch { found = "none"; } module.exports = found;',
  });
  expect(plugin.default).toBe("none");
});

test.each([
  "fs",
  "node:fs",
  "node:child_process",
  "lodash",
  "@acme/lib",
  "#internal",
  "/etc/passwd",
  "file:///etc/passwd",
  "https://acme.example/x.js",
  "data:text/javascript,export default 1",
  "../../outside.js",
  "./missing.js",
  "./style.css",
])("refuses to import %s, and says where", async (name) => {
  const files = {
    "dist/plugin.js": `\nimport x from ${JSON.stringify(name)}; export default x;`,
    "dist/style.css": "a{}",
  };
  const message = expect.stringContaining(`dist/plugin.js:2 imports "${name}"`);
  await expect(convert(files)).rejects.toMatchObject({ code: "import_not_available", message });
});

test.each([
  ["a literal dynamic import", 'export default () => import("fs");', "import_not_available", '"fs"'],
  ["a syntax error", "export default {\n  a b\n};", "script_invalid", "dist/plugin.js:2"],
  [
    "await at the top",
    "export default 1;\nawait fetch('x');",
    "script_invalid",
    "dist/plugin.js:2 uses await outside",
  ],
  ["a name that is not exported", 'import { no } from "./a.js"; no();', "script_invalid", '"no"'],
  ["broken JSON", 'import x from "./x.json"; x();', "script_invalid", "dist/x.json:1"],
])("refuses %s with its place", async (_name, code, expected, hint) => {
  const files = { "dist/plugin.js": code, "dist/a.js": "export default 1;", "dist/x.json": "{" };
  await expect(convert(files)).rejects.toMatchObject({
    code: expected,
    message: expect.stringContaining(hint),
  });
});

test("refuses a manifest's main that is not there", async () => {
  await expect(convert({})).rejects.toMatchObject({ code: "entry_missing" });
});

test("a script can be turned into a script again", async () => {
  const once = await convert({ "dist/plugin.js": "export default { x: 1 };" });
  const again = await run({
    "dist/plugin.js": `module.exports = (function (require) {${once}})(require).default;`,
  });
  expect(again.default).toEqual({ x: 1 });
});

test("code cannot leave the function that it is put into", async () => {
  const files = { "dist/plugin.js": "export default 1 } globalThis.escaped = 1; {" };
  await expect(convert(files)).rejects.toMatchObject({ code: "script_invalid" });
});

const nested = (open: string, close: string) => `x = ${open.repeat(100_000)}1${close.repeat(100_000)};`;

test.each([
  ["brackets", nested("[", "]")],
  ["braces", "{".repeat(100_000) + "}".repeat(100_000)],
  ["parentheses that never close", "(".repeat(3_000_000)],
  ["template literals", nested("`${", "}`")],
])("code nested as deeply as 100,000 %s is refused", { timeout: 60_000 }, async (_name, code) => {
  await expect(convert({ "dist/plugin.js": code })).rejects.toMatchObject({ code: "script_invalid" });
});

test("a conversion that takes too long is ended, with all its processes", async () => {
  const labels = Array.from({ length: 100_000 }, (_, index) => `l${index}:`).join("");
  const refused = convert({ "dist/plugin.js": `${labels};` }, { seconds: 1 });
  await expect(refused).rejects.toMatchObject({
    code: "script_invalid",
    message: expect.stringContaining("1 seconds"),
  });
  await expect.poll(runningConverters).toEqual([]);
});

/** Processes of this one's conversions that have not ended; on systems without /proc, none. */
function runningConverters(): string[] {
  const tree = new Set([String(process.pid)]);
  const read = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return pids.filter((pid) => {
    const [, state, parent] = /\) (\S) (\d+)/.exec(read(`/proc/${pid}/stat`)) ?? [];
    const isOurs = read(`/proc/${pid}/cmdline`).includes("converter-process") && tree.has(parent ?? "");
    return isOurs && state !== "Z";
  });
}

test("a bundle beyond the limit is refused", async () => {
  const files = { "dist/plugin.js": `export default ${JSON.stringify("x".repeat(25 * 1024 * 1024))};` };
  await expect(convert(files)).rejects.toMatchObject({
    code: "script_invalid",
    message: expect.stringContaining("24 MiB"),
  });
});

test("whatever the source, it is converted or refused", { timeout: 120_000 }, async () => {
  const tokens = fc.constantFrom(
    "import",
    "export",
    "{",
    "}",
    "(",
    "`",
    "${",
    '"./a.js"',
    "from",
    "await",
    "=>",
    "x",
    ";",
    "/",
    "\u2028",
  );
  const source = fc.oneof(
    fc.array(tokens, { maxLength: 30 }).map((list) => list.join(" ")),
    fc.string({ unit: "binary" }),
  );
  await fc.assert(
    fc.asyncProperty(source, async (code) => {
      await convert({ "dist/plugin.js": code, "dist/a.js": "" }).catch((fault: unknown) => {
        if (!(fault instanceof PatchbayError)) throw fault;
      });
    }),
    { numRuns: 40 },
  );
});

test("a fault of the caller's own readFile comes back as it is", async () => {
  const failing = toScript({ main: "m.js", readFile: () => Promise.reject(new Error("the disk is gone")) });
  await expect(failing).rejects.toThrow("the disk is gone");
});
