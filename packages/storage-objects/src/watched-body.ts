import { Readable } from "node:stream";
import { PatchbayError } from "@patchbay/protocol";

/**
 * The body of an answer as it comes, which fails with `artifact_store_unavailable` when nothing comes for `idleMs`, when it breaks
 * off, when it has not the `sizeBytes` that were announced. `transferMs` is for all of it: the reader must be quick.
 */
export const watchedBody = (body: Readable, limits: BodyLimits): Readable =>
  Readable.from(partsOf(body, limits), { objectMode: false });

interface BodyLimits {
  readonly idleMs: number;
  readonly transferMs: number;
  readonly sizeBytes: number;
}

async function* partsOf(
  body: Readable,
  { idleMs, transferMs, sizeBytes }: BodyLimits,
): AsyncGenerator<Buffer> {
  const end = performance.now() + transferMs;
  let received = 0;
  const parts = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await nextWithin(Math.min(idleMs, end - performance.now()), body, parts);
      if (done === true) break;
      received += value.length;
      if (received > sizeBytes) break;
      yield value;
    }
  } finally {
    body.destroy();
  }
  if (received !== sizeBytes)
    throw brokenOff(`it announced ${sizeBytes} bytes and sent ${received > sizeBytes ? "more" : received}`);
}

const nextWithin = async (
  ms: number,
  body: Readable,
  parts: AsyncIterator<Buffer>,
): Promise<IteratorResult<Buffer>> => {
  const timer = setTimeout(() => body.destroy(brokenOff("it was too slow")), Math.max(ms, 0));
  try {
    return await parts.next();
  } catch (error) {
    throw error instanceof PatchbayError ? error : brokenOff("it broke off", error);
  } finally {
    clearTimeout(timer);
  }
};

const brokenOff = (why: string, cause?: unknown): PatchbayError =>
  new PatchbayError("artifact_store_unavailable", `The artifact store did not answer to the end: ${why}.`, {
    cause,
  });
