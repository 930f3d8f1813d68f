import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EgressRequest, EgressRules } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type ClosableEgress, createEgress, type EgressOptions } from "../egress.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export const SECRET = 'p&ss "wörd"/1';
export const PLACEHOLDER = `pbs_${"0a".repeat(20)}`;

/** Names that lead to the test server, as a resolver would tell. */
const lookup = async (hostname: string) => {
  if (hostname.endsWith(".test")) return [{ address: "127.0.0.1", family: 4 }];
  throw Object.assign(new Error("No such host."), { code: "ENOTFOUND" });
};

/** Rules that allow all hosts but `denied.test`, remember what they were asked, and reveal one secret. */
export const rules = (secretHosts: readonly string[] = ["api.test"]): EgressRules & { asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    owner: "test",
    check: (host, method) => {
      asked.push(`${method} ${host}`);
      if (host === "denied.test") throw new PatchbayError("permission_denied", "Not granted.");
    },
    secrets: {
      pattern: /pbs_[0-9a-f]{40}/g,
      reveal: (_placeholder, { host }) => {
        if (secretHosts.includes(host)) return SECRET;
        throw new PatchbayError("secret_refused", `Not for ${host}.`);
      },
    },
  };
};

/** Answers with what arrived. */
export const echo: Handler = (incoming, response, body) => {
  const { method, url, headers } = incoming;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body }));
};

/** A real server on the loopback interface, which answers to every name that ends in `.test`, and the way to it. */
export class TestServer {
  handler: Handler = echo;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => this.handler(request, response, Buffer.concat(chunks).toString("latin1")));
  });
  readonly #open: ClosableEgress[] = [];

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    await this.disconnect();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Closes what `egress` has opened. */
  async disconnect(): Promise<void> {
    for (const egress of this.#open.splice(0)) await egress.close();
  }

  egress(options: EgressOptions = {}): ClosableEgress {
    const egress = createEgress({ allowPrivate: ["127.0.0.0/8"], lookup, ...options });
    this.#open.push(egress);
    return egress;
  }

  /** A request to a path of this server, or to any URL. */
  request(path: string, given: Partial<EgressRequest> = {}): EgressRequest {
    return {
      url: path.startsWith("/") ? `http://api.test:${this.port}${path}` : path,
      method: "GET",
      headers: [],
      redirect: "follow",
      body: null,
      signal: new AbortController().signal,
      ...given,
    };
  }

  async get(
    path: string,
    given?: Partial<EgressRequest>,
    options?: EgressOptions,
    by: EgressRules = rules(),
  ) {
    const { head, body } = await this.egress(options).fetch(this.request(path, given), by);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return {
      head,
      text: Buffer.concat(chunks).toString(),
      header: (name: string) => head.headers.find(([one]) => one === name)?.[1],
    };
  }
}
