import {
  choicesOf,
  type EndpointRequest,
  type EndpointRequests,
  type Endpoints,
  type EndpointView,
  type ListedEndpointRequest,
  type MadeEndpoint,
  type OfferedEndpoint,
} from "@patchbay/core";
import {
  EndpointDto,
  EndpointPatch,
  EndpointRequestDto,
  MadeEndpointDto,
  NewEndpointBody,
  OfferedEndpointDto,
  pathOfEndpoint,
  RotateEndpointBody,
  WholeEndpointRequestDto,
} from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { created } from "../created.ts";
import { clientGone } from "../event-stream.ts";
import { ENDPOINTS_PATH } from "../outside/outside-request.ts";
import { BY_REVISION, seenRevisions, tellRevision } from "../revisions.ts";
import { type App, answers, listOf, NoContent, Org, PageQuery, pageOf } from "../route.ts";

const tags = ["Endpoints"];
const base = "/api/orgs/:org/endpoints";
const OneEndpoint = Type.Object({ ...Org.properties, endpoint: Type.String({ maxLength: 64 }) });
const OneRequest = Type.Object({ ...OneEndpoint.properties, request: Type.String({ maxLength: 64 }) });

/** What people decide about addresses at which plugins answer requests from outside, and what has come there. */
export const endpointRoutes = (
  app: App,
  { endpoints, requests }: { readonly endpoints: Endpoints; readonly requests: EndpointRequests },
): void => {
  app.get(
    "/api/orgs/:org/offered-endpoints",
    {
      schema: {
        tags,
        operationId: "listOfferedEndpoints",
        summary: "What plugins can answer, for which addresses can be made",
        params: Org,
        response: answers({ 200: listOf(OfferedEndpointDto) }),
      },
    },
    async ({ principal, params }) => ({
      items: (await endpoints.offered(principal, params.org)).map(toOfferedDto),
    }),
  );

  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listEndpoints",
        summary: "The addresses at which plugins answer requests from outside",
        params: Org,
        response: answers({ 200: listOf(EndpointDto) }),
      },
    },
    async (request) => ({
      items: (await endpoints.list(request.principal, request.params.org)).map((one) =>
        toEndpointDto(one, request),
      ),
    }),
  );

  app.post(
    base,
    {
      schema: {
        tags,
        operationId: "makeEndpoint",
        summary: "Make an address for what a plugin can answer",
        description: "A key, or the secret that messages are signed with, is in this answer and in no other.",
        params: Org,
        body: NewEndpointBody,
        response: answers({ 201: MadeEndpointDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const { endpoint: name, ...wanted } = body;
      const made = await endpoints.make(principal, params.org, { ...wanted, name });
      const path = ["api", "orgs", params.org, "endpoints", made.view.endpoint.id];
      return await created(reply, ...path).send(toMadeDto(made, request, reply));
    },
  );

  app.get(
    `${base}/:endpoint`,
    {
      schema: {
        tags,
        operationId: "getEndpoint",
        summary: "One address",
        params: OneEndpoint,
        response: answers({ 200: EndpointDto }),
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      const view = await endpoints.get(principal, params.org, params.endpoint);
      tellRevision(reply, choicesOf(view.endpoint));
      return toEndpointDto(view, request);
    },
  );

  app.patch(
    `${base}/:endpoint`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "changeEndpoint",
        summary: "Change an address: switch it on or off, its limits, who may call it",
        description:
          "Another way to authenticate takes another secret, which is in this answer and in no other.",
        params: OneEndpoint,
        body: EndpointPatch,
        response: answers({ 200: MadeEndpointDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const seen = seenRevisions(request);
      const made = await endpoints.change(principal, params.org, params.endpoint, body, seen);
      return toMadeDto(made, request, reply);
    },
  );

  app.post(
    `${base}/:endpoint/rotate`,
    {
      schema: {
        tags,
        operationId: "rotateEndpoint",
        summary: "Make another secret, or another address",
        description:
          "Secrets before the new one hold for a day, or for `keptSeconds`. At the old address nothing answers any more.",
        params: OneEndpoint,
        body: RotateEndpointBody,
        response: answers({ 200: MadeEndpointDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      return toMadeDto(await endpoints.rotate(principal, params.org, params.endpoint, body), request, reply);
    },
  );

  app.delete(
    `${base}/:endpoint`,
    {
      schema: {
        tags,
        operationId: "deleteEndpoint",
        summary: "Take an address away, with its list of requests",
        params: OneEndpoint,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await endpoints.remove(principal, params.org, params.endpoint);
      return await reply.code(204).send(null);
    },
  );

  app.get(
    `${base}/:endpoint/requests`,
    {
      schema: {
        tags,
        operationId: "listEndpointRequests",
        summary: "What has come at an address, newest first",
        description:
          "The newest thousand of two weeks. Of very many at once some are left out, those that were refused first.",
        params: OneEndpoint,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(EndpointRequestDto) }),
      },
    },
    async ({ principal, params, query }) => {
      const page = await requests.list(principal, params.org, params.endpoint, pageOf(query));
      return { ...page, items: page.items.map(toRequestDto) };
    },
  );

  app.get(
    `${base}/:endpoint/requests/:request`,
    {
      schema: {
        tags,
        operationId: "getEndpointRequest",
        summary: "One request",
        params: OneRequest,
        response: answers({ 200: WholeEndpointRequestDto }),
      },
    },
    async ({ principal, params: { org, endpoint, request } }) =>
      toWholeRequestDto(await requests.get(principal, org, endpoint, request)),
  );

  app.post(
    `${base}/:endpoint/requests/:request/replay`,
    {
      schema: {
        tags,
        operationId: "replayEndpointRequest",
        summary: "Make a request once more, without what was masked of it",
        description:
          "Answers with what became of it. By the caller's right: no key and no signature is asked for.",
        params: OneRequest,
        response: answers({ 200: WholeEndpointRequestDto }),
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      const { endpoint } = await endpoints.get(principal, params.org, params.endpoint);
      const base = `${request.server.site.addressOf(request)}${ENDPOINTS_PATH}/${endpoint.address}`;
      const how = { base, signal: clientGone(reply) };
      return toWholeRequestDto(
        await requests.replay(principal, params.org, endpoint.id, params.request, how),
      );
    },
  );
};

const toOfferedDto = ({ pluginId, entry, projects, isForAll }: OfferedEndpoint): OfferedEndpointDto => {
  const { name, title, description, methods, authentication } = entry;
  return {
    plugin: pluginId,
    endpoint: name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    methods,
    path: pathOfEndpoint(entry),
    authentication,
    projects: [...projects],
    forAll: isForAll,
  };
};

const toEndpointDto = (
  { endpoint, entry, fault, secrets }: EndpointView,
  request: FastifyRequest,
): EndpointDto => {
  const { id, pluginId, name, project, address, createdAt } = endpoint;
  const choices = choicesOf(endpoint);
  return {
    id,
    plugin: pluginId,
    endpoint: name,
    ...(entry?.description !== undefined && { description: entry.description }),
    ...(project !== null && { project }),
    url: `${request.server.site.addressOf(request)}${ENDPOINTS_PATH}/${address}`,
    ...(entry !== null && { path: pathOfEndpoint(entry), demanded: entry.authentication }),
    methods: entry?.methods ?? [],
    ...choices,
    origins: [...choices.origins],
    state: endpoint.enabled ? (fault === null ? "serving" : "failing") : "off",
    ...(fault !== null && { fault }),
    secrets: secrets.map((secret) => ({
      id: secret.id,
      hint: secret.hint,
      createdAt: secret.createdAt.toISOString(),
      ...(secret.expiresAt !== null && { expiresAt: secret.expiresAt.toISOString() }),
    })),
    createdAt: createdAt.toISOString(),
  };
};

const toMadeDto = (
  { view, secret }: MadeEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): MadeEndpointDto => {
  tellRevision(reply, choicesOf(view.endpoint));
  return { endpoint: toEndpointDto(view, request), ...(secret !== null && { secret }) };
};

const toRequestDto = ({
  id,
  at,
  method,
  path,
  query,
  headers,
  status,
  durationMs,
  requestBytes,
  answerBytes,
  code,
  message,
  replayOf,
  hasBody,
}: ListedEndpointRequest): EndpointRequestDto => ({
  id,
  at: at.toISOString(),
  method,
  path,
  query,
  headers: headers.map((header) => [...header]),
  status,
  durationMs,
  requestBytes,
  answerBytes,
  ...(code !== null && { code }),
  ...(message !== null && { message }),
  ...(replayOf !== null && { replayOf }),
  replayable: hasBody,
});

const toWholeRequestDto = ({ body, ...request }: EndpointRequest): WholeEndpointRequestDto => ({
  ...toRequestDto({ ...request, hasBody: body !== null }),
  ...(body !== null && body.length > 0 && { body: Buffer.from(body).toString("base64") }),
});
