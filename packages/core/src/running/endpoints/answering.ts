import { PatchbayError } from "@patchbay/protocol";
import type { FilePiece, PluginAnswer } from "../../ports/plugin-runtime.ts";
import { discardFiles } from "../invocation/bounded-files.ts";
import type { OutsideRequest } from "./outside.ts";
import { type ResponseHead, responseHead } from "./plugin-response.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Work } from "./work.ts";

interface Beginning {
  readonly head: Pick<ResponseHead, "status" | "headers">;
  /** null: no body goes with it. */
  readonly pieces: AsyncGenerator<FilePiece> | null;
  readonly size: number | undefined;
}

/** An answer whose first bytes are there: what goes wrong before is answered as any fault. */
export const beginning = async (
  answer: PluginAnswer,
  { url, base, method }: OutsideRequest,
): Promise<Beginning> => {
  if (answer.kind === "stream")
    throw new PatchbayError("endpoint_failed", "The endpoint answered with values.");
  const files = answer.kind === "files" ? answer.files : null;
  try {
    const head = responseHead(answer.value, url, base);
    const size = files?.heads[0]?.size ?? (files === null ? 0 : undefined);
    if (files === null || method === "HEAD" || !head.mayHaveBody) {
      if (files !== null) discardFiles(files);
      return { head, pieces: null, size: head.mayHaveBody ? size : undefined };
    }
    const reading = files.pieces[Symbol.asyncIterator]();
    const first = await reading.next();
    return { head, pieces: goingOn(first, reading), size };
  } catch (error) {
    if (files !== null) discardFiles(files);
    throw error;
  }
};

const goingOn = async function* (
  first: IteratorResult<FilePiece>,
  reading: AsyncIterator<FilePiece>,
): AsyncGenerator<FilePiece> {
  try {
    for (let next = first; next.done !== true; next = await reading.next()) yield next.value;
  } finally {
    await reading.return?.();
  }
};

/** The bytes of an answer; what becomes of them is told once. */
export const reported = (
  pieces: AsyncGenerator<FilePiece>,
  record: RequestRecord,
  end: (error: PatchbayError | null) => void,
  { signal }: Work,
): AsyncGenerator<Uint8Array> => {
  const onAbort = () => {
    // One that was not begun would hear of its end from nobody.
    void pieces.return(undefined).catch(() => undefined);
    end(signal.reason as PatchbayError);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return (async function* () {
    try {
      for await (const { bytes } of pieces) {
        if (bytes.length === 0) continue;
        record.sent(bytes);
        yield bytes;
      }
      if (signal.aborted) throw signal.reason;
      end(null);
    } catch (error) {
      const fault = signal.aborted ? signal.reason : error;
      end(fault instanceof PatchbayError ? fault : new PatchbayError("internal", "Patchbay itself failed."));
      throw fault;
    } finally {
      signal.removeEventListener("abort", onAbort);
      end(new PatchbayError("cancelled", "Whoever sent the request did not read all of the answer."));
    }
  })();
};
