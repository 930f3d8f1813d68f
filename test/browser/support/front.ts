import { once } from "node:events";
import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface Page {
  readonly type: string;
  readonly content: string | Uint8Array;
  readonly headers?: OutgoingHttpHeaders;
  readonly status?: number;
}

/** The address of a server under test, with pages of the test's own at some paths. */
export interface Front {
  readonly url: string;
  /** The server to which everything else goes. */
  leadTo(url: string): void;
  readonly pages: Map<string, Page>;
  /** All requests so far. */
  readonly requests: {
    readonly path: string;
    readonly query: string;
    readonly headers: IncomingHttpHeaders;
  }[];
  close(): Promise<void>;
}

export const startFront = async (): Promise<Front> => {
  const pages = new Map<string, Page>();
  const requests: Front["requests"] = [];
  let target = "";
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://front");
    requests.push({ path: pathname, query: search.slice(1), headers: request.headers });
    const page = pages.get(pathname);
    if (page !== undefined) {
      response
        .writeHead(page.status ?? 200, { "content-type": page.type, ...page.headers })
        .end(page.content);
      return;
    }
    const { method, headers } = request;
    const onward = forward(
      new URL(request.url ?? "/", target),
      { method: method ?? "GET", headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => {
      target = url;
    },
    pages,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
