import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { SANDBOX_MODULES } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGuest, openTestRuntime, type TestRuntime } from "../testing/host.ts";

let runtime: TestRuntime;
/** Runs code in a plugin: the body of an async function with `require`. What it throws comes back as `threw`. */
let probe: (code: string) => Promise<unknown>;

beforeAll(async () => {
  buildGuest();
  runtime = await openTestRuntime();
  const modules = [...SANDBOX_MODULES].map((name) => `require("node:${name}");`).join(" ");
  const spec = runtime.host.plugin(
    `{
    async probe({ code }) {
      const run = new (async () => {}).constructor("require", code);
      try { return await run(require) ?? null; } catch (error) { return { threw: String(error) }; }
    },
  }`,
    { rest: modules },
  );
  probe = (code) => runtime.call(spec, "probe", { code });
});
afterAll(() => runtime.supervisor.close());

const refused = { threw: expect.stringMatching(/./) };

describe("taken away from plugin code:", () => {
  test.each([
    "Deno",
    "Worker",
    "BroadcastChannel",
    "caches",
    "CacheStorage",
    "localStorage",
    "sessionStorage",
    "Storage",
    "WebSocket",
    "EventSource",
    "XMLHttpRequest",
    "OffscreenCanvas",
    "createImageBitmap",
    "GPU",
    "GPUDevice",
    "Navigator",
    "LockManager",
    "Window",
    "location",
    "alert",
    "confirm",
    "prompt",
    "close",
    "require",
    "module",
    "__dirname",
    "onunload",
    "__bootstrap",
  ])("the global %s", async (name) => {
    expect(await probe(`return typeof globalThis[${JSON.stringify(name)}]`)).toBe("undefined");
    expect(await probe(`return ${JSON.stringify(name)} in globalThis`)).toBe(false);
  });

  test.each([
    ["navigator.gpu", "navigator.gpu"],
    ["navigator.locks", "navigator.locks"],
    ["the internals of the runtime", `globalThis[Symbol.for("Deno.internal")]`],
    ["process.getBuiltinModule", "process.getBuiltinModule"],
    ["process.binding", "process.binding"],
    ["process.exit", "process.exit"],
    ["process.kill", "process.kill"],
    ["process.stdout", "process.stdout"],
    ["console._stdout", "console._stdout"],
    ["console._stderr", "console._stderr"],
    ["process.env of the machine", "process.env.PATH"],
    ["the machine's name and versions", "process.versions.deno ?? process.versions.v8"],
    [
      "import.meta of the guest",
      "(() => { try { return eval('import.meta') } catch { return undefined } })()",
    ],
  ])("%s", async (_what, expression) => {
    expect(await probe(`return ${expression}`)).toBe(null);
  });

  test("every global that is neither the language, the web platform nor a harmless name from Node", async () => {
    const names = (await probe(`return Reflect.ownKeys(globalThis).map(String)`)) as string[];
    const suspicious =
      /deno|worker|storage|socket|gpu|canvas|bitmap|lock|cache|broadcast|source|window|require|exec|spawn/i;
    // Atomics' shared memory stays within the process, which has one thread.
    expect(names.filter((name) => suspicious.test(name))).toEqual([]);
  });
});

describe("modules of the runtime", () => {
  const names = new Set(
    [...builtinModules, "process", "test", "sqlite", "sea", "wasi", "ffi", "inspector/promises", "sys"].map(
      (name) => name.replace(/^node:/, ""),
    ),
  );

  test("cannot be imported, whatever their name", async () => {
    const specifiers = [...names].flatMap((name) => [`node:${name}`, name, `ext:deno_node/${name}.ts`]);
    const opened = await probe(`
      const opened = [];
      for (const name of ${JSON.stringify(specifiers)}) await import(name).then(() => opened.push(name), () => {});
      return opened;`);
    expect(opened).toEqual([]);
  });

  test("that Deno itself lists cannot be imported either", async () => {
    const { execFileSync } = await import("node:child_process");
    const { createRequire } = await import("node:module");
    const deno = createRequire(import.meta.url)
      .resolve("deno/bin.cjs")
      .replace("bin.cjs", "deno");
    const script = `console.log(JSON.stringify(process.getBuiltinModule("node:module").builtinModules))`;
    const listed = JSON.parse(execFileSync(deno, ["eval", script], { encoding: "utf8" })) as string[];
    const opened = await probe(`
      const opened = [];
      for (const name of ${JSON.stringify(listed)}) for (const one of [name, name.replace(/^(node:)?/, "node:")])
        await import(one).then(() => opened.push(one), () => {});
      return opened;`);
    expect(listed.length).toBeGreaterThan(50);
    expect(opened).toEqual([]);
  });

  test.each([
    "fs",
    "node:fs",
    "process",
    "node:process",
    "worker_threads",
    "v8",
    "vm",
    "module",
    "net",
    "os",
    "../x",
  ])("cannot be required: %s", async (name) => {
    expect(await probe(`return require(${JSON.stringify(name)})`)).toMatchObject({
      threw: expect.stringContaining("not available to plugins"),
    });
  });

  test("do not lead back to what was taken away", async () => {
    const found = await probe(`
      const forbidden = /^(getBuiltinModule|execPath|dlopen|chdir|binding|_linkedBinding|reallyExit|Worker|createRequire|mainModule|writeSync|readTextFile|Command|openKv|core|ops|setFlagsFromString|_stdout|_stderr|stdin|stdout|stderr|fd|_handle)$/;
      const seen = new Set();
      const found = [];
      const walk = (value, path) => {
        if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          const here = path + "." + String(key);
          if (forbidden.test(String(key))) found.push(here);
          const { value: inner, get, set } = Reflect.getOwnPropertyDescriptor(value, key);
          for (const one of [inner, get, set]) walk(one, here);
          if (get) { let got; try { got = value[key] } catch { continue } walk(got, here); }
        }
        walk(Reflect.getPrototypeOf(value), path + ".__proto__");
      };
      walk(globalThis, "globalThis");
      for (const name of ${JSON.stringify(SANDBOX_MODULES)}) walk(require(name), name);
      return { found, size: seen.size };`);
    expect(found).toMatchObject({ found: [] });
  });
});

describe("files", () => {
  const file = JSON.stringify(new URL("../../package.json", import.meta.url).href);
  test.each([
    ["a dynamic import of JSON", `return await import(${file}, { with: { type: "json" } })`],
    ["a dynamic import of text", `return await import(${file}, { with: { type: "text" } })`],
    [
      "a literal import in evaluated code",
      `return await eval('import(${file}, { with: { type: "json" } })')`,
    ],
    [
      "a static import in a blob: module",
      `const source = 'import value from ${file} with { type: "json" }; export { value }';
       return await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))`,
    ],
    [
      "a static import in a data: module",
      `return await import("data:text/javascript," + encodeURIComponent('import value from ${file} with { type: "json" }; export { value }'))`,
    ],
    ["a module import", `return await import("file:///etc/hostname")`],
    ["fetch", `return await (await fetch("file:///etc/hostname")).text()`],
    ["a worker", `return new Worker(${file}, { type: "module" })`],
    ["a source map or stack of the guest", `return require("assert").AssertionError.nothing.here`],
  ])("cannot be read by %s", async (_how, code) => {
    expect(await probe(code)).toEqual(refused);
  });

  test("the working folder tells nothing about the machine", async () => {
    expect(await probe(`return process.cwd()`)).toBe("/");
  });
});

describe("network", () => {
  test("no module is loaded from other servers", async () => {
    for (const url of ["https://example.com/x.js", "http://127.0.0.1:1/x.js", "npm:left-pad", "jsr:@std/fs"])
      expect(await probe(`return await import(${JSON.stringify(url)})`)).toEqual(refused);
  });

  test("fetch is a host call", async () => {
    expect(await probe(`return await (await fetch("http://127.0.0.1:1/")).text()`)).toEqual({
      threw: "PermissionDeniedError: fetch was not granted.",
    });
    expect(await probe(`return await (await fetch("data:text/plain,hello")).text()`)).toBe("hello");
  });
});

describe.runIf(process.platform === "linux")("the process", () => {
  test("has no environment but its own settings, an empty folder, few files and no children", async () => {
    await probe("return 1");
    const [report] = runtime.supervisor.instances();
    const { readFileSync } = await import("node:fs");
    const at = (name: string): string => `/proc/${report?.pid}/${name}`;
    const names = readFileSync(at("environ"), "utf8")
      .split("\0")
      .filter(Boolean)
      .map((one) => one.split("=")[0]);
    expect(
      names.filter((name) => !["DENO_DIR", "DENO_NO_UPDATE_CHECK", "NO_COLOR", "PWD"].includes(name ?? "")),
    ).toEqual([]);
    expect(readdirSync(at("cwd"))).toEqual([]);
    const limits = readFileSync(at("limits"), "utf8");
    expect(limits).toMatch(/Max file size +0 /);
    expect(limits).toMatch(/Max core file size +0 /);
    expect(limits).toMatch(/Max open files +64 /);
    expect(limits).toMatch(/Max data size +\d+ /);
    expect(readFileSync(at(`task/${report?.pid}/children`), "utf8")).toBe("");
  });

  test.runIf(process.getuid?.() === 0)("is not root, and not the same user as another sandbox", async () => {
    await runtime.call(runtime.host.plugin(`{ other: () => 1 }`), "other");
    const { readFileSync } = await import("node:fs");
    const users = runtime.supervisor.instances().map(({ pid }) => {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      expect(status).toMatch(/^Groups:\s*$/m);
      return /^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.[1];
    });
    expect(users).not.toContain("0");
    expect(new Set(users).size).toBe(users.length);
  });
});

describe("left to plugin code:", () => {
  test.each([
    [
      "streams",
      `return (await new Response(new Blob(["a"]).stream().pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"))).text())`,
      "a",
    ],
    ["WebCrypto", `return (await crypto.subtle.digest("SHA-256", new Uint8Array(3))).byteLength`, 32],
    [
      "WebAssembly",
      `return typeof (await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))`,
      "object",
    ],
    ["timers", `await new Promise((resolve) => setTimeout(resolve, 5)); return 1`, 1],
    ["structuredClone", `return structuredClone(new Map([[1, 2]])).get(1)`, 2],
    ["URLPattern", `return new URLPattern({ pathname: "/:a" }).exec("https://x/y").pathname.groups.a`, "y"],
    ["Buffer", `return Buffer.from("aGk=", "base64").toString()`, "hi"],
    ["setImmediate", `await new Promise((resolve) => setImmediate(resolve)); return 1`, 1],
    ["process.nextTick", `await new Promise((resolve) => process.nextTick(resolve)); return 1`, 1],
    [
      "node:crypto",
      `return require("node:crypto").createHash("md5").update("").digest("hex")`,
      "d41d8cd98f00b204e9800998ecf8427e",
    ],
    ["node:zlib", `return require("zlib").inflateSync(require("zlib").deflateSync("abc")).toString()`, "abc"],
    ["node:path", `return require("path").join("a", "..", "b")`, "b"],
    ["node:util", `return require("node:util").inspect({ a: 1 })`, "{ a: 1 }"],
    ["node:stream", `return (await require("stream").Readable.from(["a", "b"]).toArray()).join("")`, "ab"],
    [
      "node:events",
      `const e = new (require("events"))(); let n = 0; e.on("x", () => n++); e.emit("x"); return n`,
      1,
    ],
    ["the __proto__ accessor", `const a = {}; a.__proto__ = { b: 1 }; return [a.b, a.__proto__.b]`, [1, 1]],
    [
      "global event listeners",
      `let heard = 0; addEventListener("x", () => heard++); dispatchEvent(new Event("x")); return heard`,
      1,
    ],
  ])("%s", async (_what, code, result) => {
    expect(await probe(code)).toEqual(result);
  });
});
