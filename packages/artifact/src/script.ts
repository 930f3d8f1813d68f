import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  MAX_SCRIPT_BYTES,
  MAX_SCRIPT_CONVERSION_BYTES,
  MAX_UI_BUNDLE_BYTES,
  PatchbayError,
  SANDBOX_MODULES,
  SCRIPT_DEADLINE_SECONDS,
  UI_MODULES,
} from "@patchbay/protocol";
import { Gate } from "./script/gate.ts";
import type { FromConverter, ToConverter } from "./script/messages.ts";
import { childrenMemory } from "./script/process-memory.ts";

export interface ScriptSource {
  /** Path of the server bundle in the package, as the manifest names it. */
  readonly main: string;
  /** A file of the package, or undefined when there is none at this path. */
  readonly readFile: (path: string) => Promise<Uint8Array | undefined>;
  /** Replaces the limits of the protocol package; tests need that. */
  readonly limits?: { readonly seconds?: number; readonly memoryBytes?: number };
}

const CONVERTER = fileURLToPath(import.meta.resolve("#converter-process"));
const MEMORY_CHECK_MS = 100;
/** Conversions at the same time: each may take the full memory limit. */
const gate = new Gate(2);

/**
 * Turns a server bundle, ES module or CommonJS, with what it imports from the package, into one classic script. The
 * script is the body of a function: `new Function("require", script)(require)` runs the bundle and returns its module
 * namespace object (`default` is the plugin; for CommonJS, what `module.exports` was set to). `require` is called with
 * `node:NAME` for the names in SANDBOX_MODULES; dynamic imports that could not be resolved here, and imports whose
 * failure the code catches itself, call it with whatever they name. There is no source map, and nothing is minified, so
 * that stack traces read as the author wrote them.
 *
 * The work is done in a process of its own with a deadline and a memory limit. Throws `entry_missing`,
 * `import_not_available` or `script_invalid`, naming file and line.
 */
export async function toScript(source: ScriptSource): Promise<string> {
  const script = await gate.run(() => convert(source));
  if (Buffer.byteLength(script) > MAX_SCRIPT_BYTES) throw tooLarge();
  return script;
}

/**
 * Checks a user-interface bundle: one ES module in UTF-8 with a default export, whose imports are all in UI_MODULES. It is
 * parsed in a process of its own with a deadline and a memory limit. Throws `import_not_available` or `script_invalid`,
 * naming file and line.
 */
export async function checkUiModule(path: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length > MAX_UI_BUNDLE_BYTES)
    throw new PatchbayError(
      "script_invalid",
      `${path} is larger than ${MAX_UI_BUNDLE_BYTES / 1024 / 1024} MiB. Leave out what is not used.`,
    );
  const content = decodeUtf8(path, bytes);
  const question = { type: "check-ui" as const, path, content, modules: UI_MODULES };
  await gate.run(() => inConverter(question, async () => undefined));
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PatchbayError("script_invalid", `${path} is not a text in UTF-8.`, { cause });
  }
}

async function convert({ main, readFile, limits }: ScriptSource): Promise<string> {
  return await inConverter({ type: "convert", main, builtins: SANDBOX_MODULES }, readFile, limits);
}

async function inConverter(
  question: Exclude<ToConverter, { type: "file" }>,
  readFile: ScriptSource["readFile"],
  limits?: ScriptSource["limits"],
): Promise<string> {
  const converter = startConverter();
  const ending = new AbortController();
  try {
    return await Promise.race([
      converse(converter, question, readFile),
      watchDeadline(limits?.seconds ?? SCRIPT_DEADLINE_SECONDS, ending.signal),
      watchMemory(converter, limits?.memoryBytes ?? MAX_SCRIPT_CONVERSION_BYTES, ending.signal),
    ]);
  } finally {
    ending.abort();
    end(converter);
  }
}

function startConverter(): ChildProcess {
  return fork(CONVERTER, {
    // A group of its own, so that what it starts can be ended with it; no environment, so that nothing configures it.
    detached: true,
    env: process.platform === "win32" ? { SystemRoot: process.env.SystemRoot } : {},
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function end(converter: ChildProcess): void {
  if (converter.connected) converter.disconnect();
  if (converter.pid === undefined) return;
  try {
    if (process.platform === "win32") converter.kill("SIGKILL");
    else process.kill(-converter.pid, "SIGKILL");
  } catch (fault) {
    const gone = fault instanceof Error && "code" in fault && fault.code === "ESRCH";
    if (!gone) throw fault;
  }
}

/** Answers the converter's questions until it has the script or a refusal. */
function converse(
  converter: ChildProcess,
  question: Exclude<ToConverter, { type: "file" }>,
  readFile: ScriptSource["readFile"],
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let budget = MAX_SCRIPT_BYTES;
  const answer = async (path: string) => {
    const content = await readFile(path);
    budget -= content?.length ?? 0;
    if (budget < 0) throw tooLarge();
    tell(converter, { type: "file", path, content: content ?? null });
  };
  converter.on("message", (message: FromConverter) => {
    switch (message.type) {
      case "read":
        answer(message.path).catch(reject);
        return;
      case "done":
        resolve(message.script);
        return;
      case "refused":
        reject(new PatchbayError(message.code, message.message));
        return;
      default:
        message satisfies never;
    }
  });
  converter.on("error", reject);
  // Its last words may still be on their way when it has exited; after the end of the channel they are not.
  const brokeOff = () => reject(tooComplex("broke off"));
  converter.on("exit", () => {
    if (converter.connected) converter.once("disconnect", brokeOff);
    else setImmediate(brokeOff);
  });
  tell(converter, question);
  return promise;
}

function tell(converter: ChildProcess, message: ToConverter): void {
  // A converter that has gone is reported by its exit, so a failed send needs no second report.
  if (converter.connected) converter.send(message, () => undefined);
}

async function watchDeadline(seconds: number, ended: AbortSignal): Promise<never> {
  await pause(seconds * 1000, ended);
  throw tooComplex(`took longer than ${seconds} seconds`);
}

async function watchMemory(converter: ChildProcess, limitBytes: number, ended: AbortSignal): Promise<never> {
  while (converter.pid === undefined || (await childrenMemory(converter.pid)) <= limitBytes) {
    await pause(MEMORY_CHECK_MS, ended);
  }
  throw tooComplex(`took more than ${Math.round(limitBytes / 1024 / 1024)} MiB of memory`);
}

/** Resolves after `ms`, and never once `ended` is aborted: the race is over then. */
function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ended.aborted) return;
    const timer = setTimeout(resolve, ms);
    ended.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

const tooComplex = (what: string) =>
  new PatchbayError(
    "script_invalid",
    `Reading the bundle ${what}. Leave out what is not used, or build it in smaller parts.`,
  );

const tooLarge = () =>
  new PatchbayError(
    "script_invalid",
    `The server bundle is larger than ${MAX_SCRIPT_BYTES / 1024 / 1024} MiB. Leave out what is not used, or load data at run time.`,
  );
