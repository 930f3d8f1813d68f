import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a model server of this machine says at its paths: JSON, or whatever the function does. */
export type Sayings = Readonly<
  Record<string, unknown | ((request: IncomingMessage, response: ServerResponse) => void)>
>;

export const listOf = (names: readonly string[], owner = "library") => ({
  object: "list",
  data: names.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: owner })),
});

/** What the products say of themselves. */
export const PRODUCTS = {
  ollama: { "/v1/models": listOf(["llama3.2:3b", "nomic-embed-text"]), "/api/version": { version: "0.9.0" } },
  lmstudio: {
    "/v1/models": listOf(["qwen2.5-7b-instruct"], "organization_owner"),
    "/lmstudio-greeting": { lmstudio: true },
  },
  vllm: { "/v1/models": listOf(["Qwen/Qwen3-8B"], "vllm"), "/version": { version: "0.11.0" } },
  backendai: {
    // Its router lists the models of what it stands before.
    "/v1/models": listOf(["gemma-3-4b"], "vllm"),
    "/health": { status: "healthy", service: "continuum-router", version: "1.4.0" },
  },
} as const satisfies Record<string, Sayings>;

/** A server on loopback that says what it is told to, and remembers what it was asked. */
export const startLocalProduct = async (sayings: Sayings, host = "127.0.0.1", port = 0) => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const said = sayings[request.url ?? ""];
    if (typeof said === "function") said(request, response);
    else if (said === undefined) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
  }).listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
