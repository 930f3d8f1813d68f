import { type FetchHead, MAX_FETCH_REQUEST_BYTES } from "@patchbay/protocol";
import { FetchRefusedError, FetchTooLargeError } from "@patchbay/sdk";
import { platformFetch } from "./captured.ts";
import type { HostCalls } from "./host-calls.ts";

/** Statuses whose responses have no body, by the fetch standard. */
const NULL_BODY_STATUSES = new Set([101, 103, 204, 205, 304]);

/**
 * The platform's `fetch` over the host's. Rejects with `FetchRefusedError`, `FetchFailedError`, `FetchTooLargeError`,
 * `SecretRefusedError` or `PermissionDeniedError`, and with the signal's reason. `data:` and `blob:` URLs are read in the guest.
 */
export const createFetch =
  (hostCalls: HostCalls, currentCall: () => number | undefined): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const { protocol } = new URL(request.url);
    if (protocol === "data:" || protocol === "blob:") return platformFetch(request);
    if (protocol !== "http:" && protocol !== "https:")
      throw new FetchRefusedError(`Only http and https addresses can be fetched, not ${protocol}`);
    const body = await bodyOf(request);
    const { value, body: answer } = await hostCalls.request("fetch", {
      params: {
        url: request.url,
        method: request.method.toUpperCase(),
        headers: [...request.headers],
        redirect: request.redirect,
        hasBody: body !== undefined,
      },
      ...(body === undefined ? {} : { attachment: body }),
      call: currentCall(),
      signal: request.signal,
    });
    return responseOf(value as FetchHead, answer);
  };

const bodyOf = async (request: Request): Promise<Uint8Array | undefined> => {
  if (request.body === null) return undefined;
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > MAX_FETCH_REQUEST_BYTES)
    throw new FetchTooLargeError(
      `The request's body has ${bytes.length} bytes; at most ${MAX_FETCH_REQUEST_BYTES} can be sent.`,
    );
  return bytes;
};

const responseOf = (head: FetchHead, body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined): Response => {
  const { status, statusText, headers, url, redirected } = head;
  const hasBody = !NULL_BODY_STATUSES.has(status);
  if (!hasBody) void body?.cancel();
  const response = new Response(hasBody ? (body ?? null) : null, {
    status,
    statusText,
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
  });
  return withOrigin(response, url, redirected);
};

/** A response made by hand has no address; this gives it one, and its clones too. */
const withOrigin = (response: Response, url: string, redirected: boolean): Response => {
  const clone = response.clone.bind(response);
  return Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: redirected },
    clone: { value: () => withOrigin(clone(), url, redirected) },
  });
};
