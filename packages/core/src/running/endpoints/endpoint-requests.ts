import { PatchbayError } from "@patchbay/protocol";
import { actorOf, type Principal } from "../../access/caller.ts";
import type { Page } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { EndpointRequest, ListedEndpointRequest } from "../../ports/endpoint-store.ts";
import { MASK, unmaskedQuery } from "../calls/masked-request.ts";
import { authorizeEndpoints, findEndpoint } from "./endpoint-access.ts";
import type { EndpointCalls } from "./endpoint-calls.ts";

/** What has come at endpoints, as people look at it. */
export class EndpointRequests {
  readonly #database: Database;
  readonly #calls: Pick<EndpointCalls, "replay">;

  constructor(database: Database, calls: Pick<EndpointCalls, "replay">) {
    this.#database = database;
    this.#calls = calls;
  }

  /** Newest first. Throws `forbidden`, `organization_not_found`, `endpoint_not_found`. */
  async list(
    principal: Principal,
    slug: string,
    id: string,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ListedEndpointRequest>> {
    const endpoint = await findEndpoint(this.#database, authorizeEndpoints(principal, slug), id);
    return await this.#database.endpoints.listRequests(endpoint.id, page);
  }

  /** Throws besides `endpoint_request_not_found`. */
  async get(principal: Principal, slug: string, id: string, requestId: string): Promise<EndpointRequest> {
    const endpoint = await findEndpoint(this.#database, authorizeEndpoints(principal, slug), id);
    return await this.#find(endpoint.id, requestId);
  }

  /**
   * Makes a request once more, by the right of whoever asks for it and without what was masked; `base` is the URL of the address. Throws
   * besides `endpoint_body_not_kept`, for one whose body is not there.
   */
  async replay(
    principal: Principal,
    slug: string,
    id: string,
    requestId: string,
    { base, signal }: { readonly base: string; readonly signal: AbortSignal },
  ): Promise<EndpointRequest> {
    const authority = authorizeEndpoints(principal, slug);
    const endpoint = await findEndpoint(this.#database, authority, id);
    const before = await this.#find(endpoint.id, requestId);
    const { body } = before;
    if (body === null)
      throw new PatchbayError(
        "endpoint_body_not_kept",
        `Of the body of this request ${before.requestBytes} bytes came, and they were not kept. The endpoint keeps bodies of 64 KiB at the most that have come whole, where it is told to.`,
      );
    const { pluginId, organizationId } = endpoint;
    const detail = { endpoint: id, title: endpoint.title, request: requestId };
    const actor = actorOf(principal);
    await this.#database.audit.append({
      organizationId,
      actor,
      action: "endpoint.replayed",
      pluginId,
      detail,
    });
    const { method, path, headers } = before;
    const query = unmaskedQuery(before.query);
    const url = `${base}${path}${query}`;
    const request = {
      method,
      url,
      base,
      path,
      query,
      headers: headers.filter(([, value]) => value !== MASK),
      body: body.length === 0 ? null : single(body),
      length: body.length,
      client: "",
      signal,
    };
    return await this.#calls.replay({ endpoint, secrets: [] }, request, before.id);
  }

  async #find(endpointId: string, requestId: string): Promise<EndpointRequest> {
    const request = await this.#database.endpoints.findRequest(endpointId, requestId);
    if (request !== null) return request;
    throw new PatchbayError(
      "endpoint_request_not_found",
      `The log of this endpoint has no request "${requestId.slice(0, 64)}" any more.`,
    );
  }
}

const single = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
};
