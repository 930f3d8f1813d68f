import type { FetchHead } from "@patchbay/protocol";
import { FetchRefusedError } from "@patchbay/sdk";
import { toBase64 } from "./bytes.ts";
import type { HostPort, HostReply } from "./host-port.ts";

/** Statuses whose responses cannot have a body. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/**
 * `fetch` through the platform, with the plugin's grant for `net.fetch`: the frame itself reaches nothing. Rejects with
 * `PermissionDeniedError`, `FetchRefusedError` and so on; a body can be read while it comes.
 */
export const hostFetch =
  (port: HostPort): typeof fetch =>
  async (input, init) => {
    const request = new Request(absolute(input), init);
    const body = new Uint8Array(await request.arrayBuffer());
    const args = {
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      redirect: request.redirect,
      hasBody: body.length > 0,
    };
    const reply = await port.call("fetch", {
      args,
      signal: request.signal,
      ...(body.length > 0 && { attachment: toBase64(body) }),
    });
    return responseOf(reply.value as FetchHead, reply.body);
  };

const absolute = (input: RequestInfo | URL): RequestInfo | URL => {
  if (typeof input !== "string" || URL.canParse(input)) return input;
  throw new FetchRefusedError(`"${input.slice(0, 200)}" is not a full address; a view has none of its own.`);
};

const responseOf = (
  { status, statusText, headers, url, redirected }: FetchHead,
  body: HostReply["body"] = undefined,
): Response => {
  const hasBody = !WITHOUT_BODY.has(status);
  if (!hasBody) void body?.cancel();
  const response = new Response(hasBody ? (body ?? null) : null, {
    status,
    statusText,
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
  });
  Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
  return response;
};
