import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry that answers with whatever it is told to, by path. */
export interface ScriptedMarketplace {
  readonly url: string;
  /** Below `/registry/v1/`; what is not there is not found. */
  readonly documents: Map<string, unknown>;
  /** Paths of all requests so far. */
  readonly asked: () => readonly string[];
  /** The most requests that waited for their answers at the same time. */
  readonly atOnce: () => number;
  stop(): Promise<void>;
}

/** As long as a server that is not on the same machine. */
const ANSWER_MS = 10;
/** The answer is never begun. */
export const SILENCE = Symbol("silence");

export const startScriptedMarketplace = async (name: string): Promise<ScriptedMarketplace> => {
  const documents = new Map<string, unknown>([["registry.json", { protocol: 1, name, search: "server" }]]);
  const asked: string[] = [];
  let waiting = 0;
  let most = 0;
  const server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").replace("/registry/v1/", "").split("?");
    asked.push(path);
    const document = documents.get(path);
    if (document === SILENCE) return;
    waiting += 1;
    most = Math.max(most, waiting);
    setTimeout(() => {
      waiting -= 1;
      response.writeHead(document === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(document ?? null));
    }, ANSWER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/registry/v1`,
    documents,
    asked: () => asked,
    atOnce: () => most,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
