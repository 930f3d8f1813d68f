import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Certificate } from "./certificate.ts";

/** What a website answers. */
export interface Page {
  readonly status?: number;
  readonly location?: string;
  readonly text?: string;
}

/** Websites over HTTPS, on port 443 of all addresses. */
export interface Websites {
  /** By `host/path`. */
  readonly pages: Map<string, Page>;
  /** `host/path` of each request so far, by the address at which it arrived. */
  readonly requests: readonly { readonly address: string; readonly page: string }[];
  stop(): Promise<void>;
}

export const startWebsites = async ({ certificate, privateKey }: Certificate): Promise<Websites> => {
  const pages = new Map<string, Page>();
  const requests: { address: string; page: string }[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const page = `${request.headers.host}${request.url}`;
    requests.push({ address: request.socket.localAddress ?? "", page });
    const { status = 200, location, text = "" } = pages.get(page) ?? { status: 404 };
    response.writeHead(status, { "content-type": "text/plain", ...(location && { location }) }).end(text);
  };
  const [cert, key] = await Promise.all([readFile(certificate), readFile(privateKey)]);
  const server = createServer({ cert, key }, answer).listen(443, "0.0.0.0");
  await once(server, "listening");
  return {
    pages,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
