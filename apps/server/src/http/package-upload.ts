import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { MAX_ARCHIVE_BYTES } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import { receiveFile } from "./multipart.ts";

/** Streams the multipart file `package` to `path`. Throws `package_too_large` or `invalid_request`. */
export const receivePackage = async (request: FastifyRequest, path: string): Promise<void> =>
  await receiveFile(request, { field: "package", maxBytes: MAX_ARCHIVE_BYTES }, (file) =>
    pipeline(file, async (pieces: AsyncIterable<Buffer>) => {
      await using written = await open(path, "wx");
      await written.writeFile(pieces);
    }),
  );
