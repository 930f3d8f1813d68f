import type { Readable } from "node:stream";
import { type HttpClient, type HttpRequest, isLoopbackHost } from "@patchbay/egress";
import type { CustomFetch, CustomFetchOptions } from "openid-client";
import { MAX_PROVIDER_ANSWER_BYTES } from "./limits.ts";

/** The provider did not answer, or not with something of use. Its message is for the operator. */
export class ProviderUnreachable extends Error {
  override readonly name = "ProviderUnreachable";
}

/**
 * `fetch` for what the provider says: whole, of bounded size and, off this machine, encrypted. Time limits come with the
 * request. Throws `ProviderUnreachable`, also when the provider says that it is broken.
 */
export const boundedFetch =
  (http: HttpClient): CustomFetch =>
  async (address, options) => {
    const url = new URL(address);
    if (url.protocol !== "https:" && !isLoopbackHost(url.hostname))
      throw new ProviderUnreachable(`${address} is not encrypted; only https is taken`);
    try {
      const answer = await http.request(url, requestOf(options));
      const { status, statusText, headers } = answer;
      const body = await readBounded(answer.body, url.host);
      if (status >= 500) throw new ProviderUnreachable(`${url.host} answered with ${status}`);
      return new Response(status === 204 || status === 304 ? null : body, { status, statusText, headers });
    } catch (error) {
      if (error instanceof ProviderUnreachable) throw error;
      throw new ProviderUnreachable(`${url.host} did not answer: ${reasonOf(error)}`, { cause: error });
    }
  };

const requestOf = ({ method, headers, body, signal }: CustomFetchOptions): HttpRequest => ({
  method,
  headers,
  body: body instanceof URLSearchParams ? body.toString() : ((body ?? null) as string | Uint8Array | null),
  signal: signal ?? new AbortController().signal,
});

const readBounded = async (body: Readable, host: string): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_PROVIDER_ANSWER_BYTES)
      throw new ProviderUnreachable(`${host} answered with more than ${MAX_PROVIDER_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? `${error.message} (${reasonOf(error.cause)})`
    : error.message || error.name;
};
