import { PatchbayError } from "@patchbay/protocol";
import { outOfMemory } from "../faults.ts";

/** How a sandbox's process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it wrote to standard error. */
  readonly stderr: string;
}

/** What V8 and the C++ runtime say when memory is used up. */
const OUT_OF_MEMORY =
  /out of memory|heap limit|allocation failed|cannot allocate memory|bad_alloc|OOM error|memory allocation of/i;

/** Every other reason to abort is printed. For this one, the memory to print it may be missing too. */
const isSpeechlessAbort = ({ signal, stderr }: ProcessEnd): boolean =>
  signal === "SIGABRT" && stderr.trim() === "";

/** Why a sandbox ended that nobody ended. */
export const errorFromEnd = (end: ProcessEnd, memoryMb: number): PatchbayError => {
  if (OUT_OF_MEMORY.test(end.stderr) || isSpeechlessAbort(end)) return outOfMemory(memoryMb);
  const how = end.signal === null ? `with code ${end.code}` : `by ${end.signal}`;
  return new PatchbayError(
    "plugin_crashed",
    `The plugin's process ended ${how}. Try again; its log may say more.`,
  );
};
