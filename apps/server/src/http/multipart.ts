import { createHash, type Hash } from "node:crypto";
import { pipeline, type Readable, Transform } from "node:stream";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import { RepeatedAnswer } from "./repeated-answer.ts";

/**
 * Hands the one file of a multipart body, which must be the field `field`, to `take`. Throws what `take` throws,
 * `package_too_large` beyond `maxBytes`, and `invalid_request` for a body that has no such file, is malformed or breaks off.
 */
export const receiveFile = async <T>(
  request: FastifyRequest,
  { field, maxBytes }: { readonly field: string; readonly maxBytes: number },
  take: (file: Readable) => Promise<T>,
): Promise<T> => {
  try {
    return await receivePart(request, field, maxBytes, take);
  } catch (error) {
    skipRest(request);
    // The form's parser throws errors without a code at a body that breaks off.
    if (
      error instanceof PatchbayError ||
      error instanceof RepeatedAnswer ||
      (error instanceof Error && "code" in error)
    )
      throw error;
    throw new PatchbayError(
      "invalid_request",
      "The multipart body is malformed or broke off. Send it again.",
      { cause: error },
    );
  }
};

/**
 * Lets what still comes run into nothing. Left where it is, it would stand before the next request on a connection that is
 * kept open, or keep the client from seeing the refusal; Node.js does the same for a body that nobody has begun to read.
 */
export const skipRest = ({ raw }: FastifyRequest): void => {
  raw.unpipe();
  raw.resume();
};

/** The file as it comes, with every byte of it in `digest`. */
const digested = (file: Readable, digest: Hash): Readable => {
  const passing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  // What goes wrong shows at the end that is read.
  return pipeline(file, passing, () => undefined);
};

const receivePart = async <T>(
  request: FastifyRequest,
  field: string,
  maxBytes: number,
  take: (file: Readable) => Promise<T>,
): Promise<T> => {
  for await (const part of request.parts({ limits: { fileSize: maxBytes, files: 1, fields: 10 } })) {
    if (part.type !== "file") continue;
    if (part.fieldname !== field)
      throw new PatchbayError(
        "invalid_request",
        `The file came as "${part.fieldname}"; send it as "${field}".`,
      );
    const requireWhole = () => {
      if (!part.file.truncated) return;
      const limit = Math.floor(maxBytes / 1024 / 1024);
      throw new PatchbayError("package_too_large", `The file is larger than ${limit} MiB.`);
    };
    const digest = createHash("sha256");
    const taken = await take(digested(part.file, digest)).catch((error: unknown) => {
      requireWhole();
      throw error;
    });
    requireWhole();
    await request.claimForm?.(digest.digest("hex"));
    return taken;
  }
  throw new PatchbayError(
    "invalid_request",
    `The body holds no file; send it as the multipart field "${field}".`,
  );
};
