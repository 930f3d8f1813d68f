import { parseJson } from "@patchbay/protocol";
import { LOCAL_ANSWER } from "../limits.ts";

/** Sends a GET without credentials, and follows no redirect. The body is to be read to its end or returned early. */
export interface LocalClient {
  request(
    url: URL,
    request: { readonly signal: AbortSignal },
  ): Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> }>;
}

/** What an address says as JSON. undefined for whatever else it does: nothing, too much, too slowly, an error, a redirect, another form. */
export const askLocal = async (client: LocalClient, url: URL): Promise<unknown> => {
  try {
    const { status, body } = await client.request(url, { signal: AbortSignal.timeout(LOCAL_ANSWER.ms) });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (status !== 200 || bytes > LOCAL_ANSWER.bytes) return undefined;
      chunks.push(chunk);
    }
    const read = parseJson(Buffer.concat(chunks), {
      maxBytes: LOCAL_ANSWER.bytes,
      maxDepth: LOCAL_ANSWER.depth,
    });
    return status === 200 && read.ok ? read.value : undefined;
  } catch {
    return undefined;
  }
};
