import type { OutsideRequest } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { clientGone } from "../event-stream.ts";

/** Where endpoints are, before the address of each. */
export const ENDPOINTS_PATH = "/e";

/** How long what still comes of a request that was answered is read on and dropped. */
const LINGER_MS = 10_000;

/** A request as it is handed to the domain. `address` is that of the endpoint. */
export const outsideRequest = (
  request: FastifyRequest,
  reply: FastifyReply,
  address: string,
): OutsideRequest => {
  const { raw, method, ip } = request;
  const base = `${request.server.site.addressOf(request)}${ENDPOINTS_PATH}/${address}`;
  const { path, query } = partsOf(request.url);
  const length = lengthOf(raw);
  return {
    method,
    url: `${base}${path}${query}`,
    base,
    path,
    query,
    headers: headersOf(raw.rawHeaders),
    body: length === 0 ? null : bodyOf(raw),
    length,
    client: ip,
    signal: clientGone(reply),
  };
};

/** What stands in the URL behind the address, as it was sent: what is before it may have been written in other ways, such as `/%65/…`. */
const partsOf = (url: string): { path: string; query: string } => {
  const at = url.indexOf("?");
  const whole = at === -1 ? url : url.slice(0, at);
  const slash = whole.indexOf("/", whole.indexOf("/", 1) + 1);
  return { path: slash === -1 ? "" : whole.slice(slash), query: at === -1 ? "" : url.slice(at) };
};

/** undefined: it is not said beforehand. */
const lengthOf = ({ headers }: FastifyRequest["raw"]): number | undefined =>
  headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : undefined;

const headersOf = (raw: readonly string[]): (readonly [string, string])[] => {
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2)
    headers.push([(raw[at] ?? "").toLowerCase(), raw[at + 1] ?? ""]);
  return headers;
};

/** Bytes as they come. Who stops reading ends nothing but that: the rest is dropped, so that the answer finds its way. */
const bodyOf = async function* (raw: FastifyRequest["raw"]): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new PatchbayError("cancelled", "The request broke off before its end.", { cause: error });
  } finally {
    dropRest(raw);
  }
};

/** A connection that is closed under the hands of a client would lose it the answer; one that goes on sending has its end. */
export const dropRest = (raw: FastifyRequest["raw"]): void => {
  if (raw.complete || raw.destroyed) return;
  const timer = setTimeout(() => raw.destroy(), LINGER_MS);
  raw.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
  raw.on("error", () => undefined).resume();
};
