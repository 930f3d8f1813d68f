import type { Readable } from "node:stream";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { holds } from "./entity-tags.ts";

/** A package that somebody downloads. */
export interface Download {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly fileName: string;
  /** Who may keep a copy. */
  readonly cache: "private" | "public";
}

/** Where its bytes come from. */
export interface DownloadSource {
  /** All of it, where it lies in memory. */
  readonly bytes: Buffer | null;
  /** Where clients get it themselves; null when they must get it here. */
  address(): Promise<URL | null>;
  open(range?: { start: number; end: number }): Promise<{ readonly stream: Readable }>;
}

/** Answers with bytes that never change: all of them or a range, or with the address where they are. */
export const sendArtifact = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { digest, sizeBytes, fileName, cache }: Download,
  source: DownloadSource,
): Promise<FastifyReply> => {
  const etag = `"${digest}"`;
  reply.headers({
    etag,
    "repr-digest": `sha-256=:${Buffer.from(digest, "hex").toString("base64")}:`,
    "accept-ranges": "bytes",
    "cache-control": `${cache}, max-age=31536000, immutable`,
  });
  if (holds(request, etag)) return await reply.code(304).send();
  // An address is signed for GET alone.
  const address = source.bytes === null && request.method === "GET" ? await source.address() : null;
  if (address !== null)
    return await reply.header("cache-control", `${cache}, no-store`).redirect(address.href, 302);
  const range = rangeOf(request, sizeBytes, reply);
  const length = range === undefined ? sizeBytes : range.end - range.start + 1;
  const content =
    source.bytes?.subarray(range?.start, range && range.end + 1) ?? (await source.open(range)).stream;
  if (range !== undefined)
    reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${sizeBytes}`);
  return await reply
    .headers({
      "content-type": "application/zip",
      "content-length": length,
      "content-disposition": `attachment; filename="${fileName}"`,
    })
    .send(content);
};

/** One byte range, as RFC 9110 has it; several or malformed ones are ignored, which the standard allows. */
const rangeOf = (
  request: FastifyRequest,
  size: number,
  reply: FastifyReply,
): { start: number; end: number } | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start <= end) return { start, end };
  reply.header("content-range", `bytes */${size}`);
  throw new PatchbayError("invalid_request", `The range lies outside the package's ${size} bytes.`, {
    status: 416,
  });
};
