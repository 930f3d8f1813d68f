import { type EndpointMethod, matchPath, pathOfEndpoint } from "@patchbay/protocol";
import type { PluginDefinition } from "../definitions.ts";
import type { EndpointDefinition } from "../endpoints.ts";
import { PluginError } from "../errors.ts";
import { exchangedAnswer, IncomingRequest } from "../files/index.ts";
import type { ToolContext } from "../tool-context.ts";

/** A request from outside, for a test. */
export interface TestRequest {
  /** The first that the endpoint answers unless given. */
  readonly method?: EndpointMethod;
  /** Below the address, with a query where there is one; `/` unless given. */
  readonly path?: string;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly body?: ConstructorParameters<typeof Response>[0];
  /** Of a signed message. */
  readonly messageId?: string;
}

const ADDRESS = "https://patchbay.example.org/e/test";

/** Answers as the endpoint does. Throws what it throws, and `endpoint_not_found` and `method_not_allowed` as the platform would. */
export const answeredBy = async (
  plugin: PluginDefinition,
  name: string,
  { method, path = "/", headers, body, messageId }: TestRequest,
  context: ToolContext,
): Promise<Response> => {
  const endpoint = plugin.endpoints?.[name];
  if (endpoint === undefined)
    throw new PluginError("endpoint_not_found", `The plugin has no endpoint "${name}".`);
  const url = new URL(`${ADDRESS}${path}`);
  const below = url.pathname.slice(new URL(ADDRESS).pathname.length);
  const params = matchPath(pathOfEndpoint(endpoint), below);
  if (params === null)
    throw new PluginError("endpoint_not_found", `The endpoint "${name}" does not answer at ${below}.`);
  const asked = requireMethod(endpoint, method);
  // Which type a body has, a request knows.
  const sent = new Request(url, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body,
  } as RequestInit);
  const facts = {
    method: asked,
    url: url.href,
    path: below,
    params,
    query: url.search,
    headers: [...sent.headers],
    ...(messageId !== undefined && { messageId }),
  };
  const request = new IncomingRequest(
    facts,
    (sent.body as ReadableStream<Uint8Array<ArrayBuffer>>) ?? undefined,
  );
  const { head, body: answer } = await exchangedAnswer(await endpoint.handle(request, context));
  return new Response(head.text ?? (answer === undefined ? null : streamOf(answer.bytes)), {
    status: head.status,
    headers: head.headers.map(([key, value]): [string, string] => [key, value]),
  });
};

const requireMethod = (
  { methods }: Pick<EndpointDefinition, "methods">,
  method: EndpointMethod | undefined,
): EndpointMethod => {
  const asked = method ?? methods[0] ?? "GET";
  if (methods.includes(asked) || (asked === "HEAD" && methods.includes("GET"))) return asked;
  throw new PluginError("method_not_allowed", `The endpoint knows ${methods.join(", ")}, not ${asked}.`);
};

const streamOf = (bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const reading = bytes[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reading.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await reading.return?.();
    },
  });
};
