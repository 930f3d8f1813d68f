/**
 * The process that one conversion runs in, started by `toScript`. Code that is nested deeply enough takes gigabytes in
 * any parser: here it takes them from nobody, and the host can end it at any time.
 */
import { bundleScript, Refusal } from "./bundle.ts";
import type { FromConverter, ToConverter } from "./messages.ts";
import { checkUiBundle } from "./ui-module.ts";

const pendingReads = new Map<string, (content: Uint8Array | undefined) => void>();
const files = new Map<string, Promise<Uint8Array | undefined>>();

const send = (message: FromConverter, then?: () => void) =>
  process.send?.(message, undefined, undefined, then);

function readFile(path: string): Promise<Uint8Array | undefined> {
  const known = files.get(path);
  if (known !== undefined) return known;
  const content = new Promise<Uint8Array | undefined>((resolve) => {
    pendingReads.set(path, resolve);
    send({ type: "read", path });
  });
  files.set(path, content);
  return content;
}

async function convert(main: string, builtins: readonly string[]): Promise<string> {
  const script = await bundleScript({ main, readFile, builtins });
  checkCompiles(script, main);
  return script;
}

async function answer(work: Promise<string>): Promise<FromConverter> {
  try {
    return { type: "done", script: await work };
  } catch (fault) {
    if (fault instanceof Refusal) return { type: "refused", code: fault.code, message: fault.message };
    throw fault;
  }
}

/** The sandbox's engine is this one: what does not compile here, such as code nested too deeply, does not there. */
function checkCompiles(script: string, main: string): void {
  try {
    new Function("require", script);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new Refusal("script_invalid", `${main} cannot be compiled: ${reason}.`);
  }
}

const finish = (work: Promise<string>) =>
  void answer(work).then((message) => send(message, () => process.exit(0)));

process.on("message", (message: ToConverter) => {
  switch (message.type) {
    case "convert":
      finish(convert(message.main, message.builtins));
      return;
    case "check-ui":
      finish(checkUiBundle(message).then(() => ""));
      return;
    case "file":
      pendingReads.get(message.path)?.(message.content ?? undefined);
      pendingReads.delete(message.path);
      return;
    default:
      message satisfies never;
  }
});

// The host is gone: nobody waits for the answer.
process.on("disconnect", () => process.exit(1));
