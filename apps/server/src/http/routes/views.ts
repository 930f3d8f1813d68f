import type {
  InForce,
  InvocationGateway,
  Principal,
  ViewAnswer,
  ViewCalls,
  ViewFaults,
} from "@patchbay/core";
import {
  HostCallAnswerDto,
  HostCallBody,
  MAX_FETCH_RESPONSE_BYTES,
  PatchbayError,
  ThemeDto,
  UiFaultBody,
  ViewDto,
} from "@patchbay/protocol";
import { inJson } from "../calls/call-answer.ts";
import { clientGone, type ServerSentEvent, wantsEvents } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { gatherJson, sendJson } from "../gather.ts";
import { MAX_CALL_BODY_BYTES } from "../limits.ts";
import { type App, answers, listOf, NoContent, Org, OrgPlugin, ProjectQuery } from "../route.ts";
import { toThemeDto, toViewDto } from "../views.ts";

interface ViewNeeds {
  readonly gateway: InvocationGateway;
  readonly inForce: InForce;
  readonly viewCalls: ViewCalls;
  readonly viewFaults: ViewFaults;
}

/** User interfaces of plugins: what there is to show, and what a view asks of the platform. */
export const viewRoutes = (
  app: App,
  { gateway, inForce, viewCalls, viewFaults }: ViewNeeds,
  streams: EventStreams,
): void => {
  const tags = ["User interfaces"];

  app.get(
    "/api/orgs/:org/views",
    {
      schema: {
        tags,
        operationId: "listViews",
        summary: "List views of enabled plugins",
        params: Org,
        querystring: ProjectQuery,
        response: answers({ 200: listOf(ViewDto) }),
      },
    },
    async ({ principal, params, query }) => ({
      items: (await inForce.list("views", principal, params.org, query.project)).flatMap(toViewDto),
    }),
  );

  app.get(
    "/api/orgs/:org/themes",
    {
      schema: {
        tags,
        operationId: "listThemes",
        summary: "List themes of enabled plugins",
        params: Org,
        response: answers({ 200: listOf(ThemeDto) }),
      },
    },
    // One is chosen for the whole console, whatever project is looked at.
    async ({ principal, params }) => ({
      items: (await inForce.list("themes", principal, params.org)).map(toThemeDto),
    }),
  );

  app.post(
    "/api/orgs/:org/plugins/:plugin/host-calls",
    {
      bodyLimit: MAX_CALL_BODY_BYTES,
      schema: {
        tags,
        operationId: "callHostAsView",
        summary: "Call the platform as a plugin's view",
        description:
          "Through the same permission gate as server code, for the person who looks at the view. With `Accept: text/event-stream` the values of a stream come as events `chunk`, and the last event is `value`. Where bytes follow the value it comes as `head`, then the bytes as events `bytes` in base64, and `value` is empty.",
        params: OrgPlugin,
        body: HostCallBody,
        response: answers({ 200: HostCallAnswerDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const { org, plugin } = params;
      const call = (signal: AbortSignal) =>
        viewCalls.handle(principal, org, plugin, {
          method: body.method,
          args: body.args ?? {},
          signal,
          attachment: Buffer.from(body.attachment ?? "", "base64"),
          ...(body.project !== undefined && { project: body.project }),
        });
      if (!wantsEvents(request)) {
        const answer = await call(clientGone(reply));
        if (answer.kind === "files") return { value: await inJson(answer) };
        if (answer.kind === "value") return await gathered(answer);
        return await sendJson(reply, `{"value":${await gatherJson(answer.values)}}`);
      }
      const requireAllowed = (caller: Principal) =>
        gateway.requireReach({ principal: caller, organization: org }, plugin, body.project);
      return await streams.send(request, reply, { kind: "call", requireAllowed }, async (signal) =>
        asEvents(await call(signal)),
      );
    },
  );

  app.post(
    "/api/orgs/:org/plugins/:plugin/ui-faults",
    {
      schema: {
        tags,
        operationId: "reportUiFault",
        summary: "Report a fault of a plugin's user interface",
        description:
          "Goes to the plugin's log. A fault of `onActivate` or `onDeactivate` sets the state `error` when the caller may change the plugin.",
        params: OrgPlugin,
        body: UiFaultBody,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params, body }, reply) => {
      await viewFaults.report(principal, params.org, params.plugin, body);
      return await reply.code(204).send(null);
    },
  );
};

const gathered = async (answer: Extract<ViewAnswer, { kind: "value" }>): Promise<HostCallAnswerDto> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyOf(answer)) chunks.push(chunk);
  const body = answer.body && Buffer.concat(chunks).toString("base64");
  return { value: answer.value ?? null, ...(body !== undefined && { body }) };
};

/** The bytes that follow a value. Throws `answer_too_large`. */
const bodyOf = async function* ({
  body,
  release,
}: Extract<ViewAnswer, { kind: "value" }>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes > MAX_FETCH_RESPONSE_BYTES)
        throw new PatchbayError(
          "answer_too_large",
          `A view reads at most ${MAX_FETCH_RESPONSE_BYTES} bytes.`,
        );
      yield chunk;
    }
  } finally {
    release?.();
  }
};

const asEvents = async function* (answer: ViewAnswer): AsyncGenerator<ServerSentEvent> {
  switch (answer.kind) {
    case "files":
      yield { event: "value", data: { value: await inJson(answer) } };
      return;
    case "stream":
      for await (const value of answer.values) yield { event: "chunk", data: value };
      break;
    case "value":
      if (answer.body === undefined) {
        yield { event: "value", data: await gathered(answer) };
        return;
      }
      yield { event: "head", data: { value: answer.value ?? null } };
      for await (const bytes of bodyOf(answer))
        yield { event: "bytes", data: Buffer.from(bytes).toString("base64") };
  }
  yield { event: "value", data: { value: null } };
};
