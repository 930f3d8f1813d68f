import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { MAX_ARCHIVE_BYTES, PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";

/** Streams the multipart file `package` to `path`. Throws `package_too_large` or `invalid_request`. */
export const receivePackage = async (request: FastifyRequest, path: string): Promise<void> => {
  try {
    await receivePart(request, path);
  } catch (error) {
    // The form's parser throws errors without a code at a body that breaks off.
    if (error instanceof PatchbayError || (error instanceof Error && "code" in error)) throw error;
    throw new PatchbayError(
      "invalid_request",
      "The multipart body is malformed or broke off. Send it again.",
      { cause: error },
    );
  }
};

const receivePart = async (request: FastifyRequest, path: string): Promise<void> => {
  for await (const part of request.parts({ limits: { fileSize: MAX_ARCHIVE_BYTES, files: 1, fields: 10 } })) {
    if (part.type !== "file") continue;
    if (part.fieldname !== "package")
      throw new PatchbayError(
        "invalid_request",
        `The file came as "${part.fieldname}"; send it as "package".`,
      );
    await pipeline(part.file, createWriteStream(path, { flags: "wx" }));
    if (part.file.truncated)
      throw new PatchbayError("package_too_large", "The package is larger than 50 MiB.");
    return;
  }
  throw new PatchbayError(
    "invalid_request",
    'The body holds no file; send the zip as the multipart field "package".',
  );
};
