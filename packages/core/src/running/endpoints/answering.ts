import { isJsonObject, PatchbayError } from "@patchbay/protocol";
import type { FilePiece, PluginAnswer } from "../../ports/plugin-runtime.ts";
import { discardAnswer, discardFiles } from "../invocation/bounded-files.ts";
import { RECHECK_EVERY_MS } from "./limits.ts";
import { type AnsweredRequest, type ResponseHead, responseHead } from "./plugin-response.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Work } from "./work.ts";

interface Beginning {
  readonly head: Pick<ResponseHead, "status" | "headers">;
  /** null: none goes with it. */
  readonly body: Uint8Array | AsyncGenerator<FilePiece> | null;
  readonly size: number | undefined;
}

/** An answer whose first bytes are there: what goes wrong before is answered as any fault. */
export const beginning = async (
  answer: PluginAnswer,
  method: string,
  asked: AnsweredRequest,
): Promise<Beginning> => {
  if (answer.kind === "stream") {
    discardAnswer(answer);
    throw new PatchbayError("endpoint_failed", "The endpoint answered with values.");
  }
  if (answer.kind === "value") return withText(responseHead(answer.value, asked), answer.value, method);
  const { value, files } = answer;
  try {
    const head = responseHead(value, asked);
    // Its length is said beforehand: of two the second would be another answer.
    if (files.heads.length !== 1)
      throw new PatchbayError("endpoint_failed", "The answer of the endpoint has several bodies.");
    const size = head.mayHaveBody ? files.heads[0]?.size : undefined;
    if (method === "HEAD" || !head.mayHaveBody) {
      discardFiles(files);
      return { head, body: null, size };
    }
    const reading = files.pieces[Symbol.asyncIterator]();
    const first = await reading.next();
    return { head, body: goingOn(first, reading), size };
  } catch (error) {
    discardFiles(files);
    throw error;
  }
};

/** One whose body is a small text, or that has none. */
const withText = (head: ResponseHead, value: unknown, method: string): Beginning => {
  const text = isJsonObject(value) && typeof value.text === "string" ? value.text : null;
  if (!head.mayHaveBody) return { head, body: null, size: undefined };
  const body = Buffer.from(text ?? "");
  return { head, body: method === "HEAD" || text === null ? null : body, size: body.length };
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
  {
    end,
    requireOpen,
    work: { signal },
  }: {
    readonly end: (error: PatchbayError | null) => void;
    /** Throws once it may not go on. */
    readonly requireOpen: () => Promise<unknown>;
    readonly work: Work;
  },
): AsyncGenerator<Uint8Array> => {
  const onAbort = () => {
    // One that was not begun would hear of its end from nobody.
    void pieces.return(undefined).catch(() => undefined);
    end(signal.reason as PatchbayError);
  };
  // It may have ended before, while it was written down what was delivered.
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return (async function* () {
    let isRead = false;
    let lookedAt = performance.now();
    try {
      for await (const { bytes } of pieces) {
        if (bytes.length === 0) continue;
        if (performance.now() - lookedAt > RECHECK_EVERY_MS) {
          await requireOpen();
          lookedAt = performance.now();
        }
        record.sent(bytes);
        yield bytes;
      }
      isRead = true;
      if (signal.aborted) throw signal.reason;
      end(null);
    } catch (error) {
      isRead = true;
      const fault = signal.aborted ? signal.reason : error;
      end(fault instanceof PatchbayError ? fault : new PatchbayError("internal", "Patchbay itself failed."));
      throw fault;
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (!isRead)
        end(new PatchbayError("cancelled", "Whoever sent the request did not read all of the answer."));
    }
  })();
};
