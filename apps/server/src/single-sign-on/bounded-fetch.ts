import type { CustomFetch } from "openid-client";
import { MAX_PROVIDER_ANSWER_BYTES } from "./limits.ts";

/** The provider did not answer, or not with something of use. Its message is for the operator. */
export class ProviderUnreachable extends Error {
  override readonly name = "ProviderUnreachable";
}

/** Whether `host`, as URLs write it, is this machine. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);

/**
 * `fetch` for what the provider says: whole, of bounded size and, off this machine, encrypted. Time limits come with the
 * request. Throws `ProviderUnreachable`, also when the provider says that it is broken.
 */
export const boundedFetch: CustomFetch = async (url, options) => {
  const { protocol, host, hostname } = new URL(url);
  if (protocol !== "https:" && !isLoopback(hostname))
    throw new ProviderUnreachable(`${url} is not encrypted; only https is taken`);
  try {
    const response = await fetch(url, options as RequestInit);
    const { status, statusText, headers } = response;
    const body = await readBounded(response, host);
    if (status >= 500) throw new ProviderUnreachable(`${host} answered with ${status}`);
    return new Response(status === 204 || status === 304 ? null : body, { status, statusText, headers });
  } catch (error) {
    if (error instanceof ProviderUnreachable) throw error;
    throw new ProviderUnreachable(`${host} did not answer: ${reasonOf(error)}`, { cause: error });
  }
};

const readBounded = async (response: Response, host: string): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_PROVIDER_ANSWER_BYTES)
      throw new ProviderUnreachable(`${host} answered with more than ${MAX_PROVIDER_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
};

/** `fetch` keeps the reason in its error's cause. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? `${error.message} (${reasonOf(error.cause)})`
    : error.message || error.name;
};
