import { setTimeout as delay } from "node:timers/promises";
import type { InForce, Installations, InvocationGateway, Principal, StoredLogLine } from "@patchbay/core";
import { LogLineDto, ToolAnswerDto, ToolCallBody, ToolDto } from "@patchbay/protocol";
import Type from "typebox";
import { clientGone, type ServerSentEvent, wantsEvents } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { gatherJson, sendJson } from "../gather.ts";
import { MAX_CALL_BODY_BYTES } from "../limits.ts";
import { orEvents } from "../openapi/describe.ts";
import { type App, answers, listOf, Org, OrgPlugin, ProjectQuery } from "../route.ts";
import { toLogLineDto, toToolDto } from "../views.ts";

/** How often a log that is followed is read. Every node's lines are in the database, so reading finds them all. */
const LOG_POLL_MS = 500;

/** Tools: everything callable. */
export const toolRoutes = (
  app: App,
  services: { readonly gateway: InvocationGateway; readonly inForce: InForce },
  streams: EventStreams,
): void => {
  const tags = ["Tools"];
  const OrgTool = Type.Object({ ...OrgPlugin.properties, tool: Type.String({ maxLength: 64 }) });

  app.get(
    "/api/orgs/:org/tools",
    {
      schema: {
        tags,
        operationId: "listTools",
        summary: "List tools of enabled plugins",
        params: Org,
        querystring: ProjectQuery,
        response: answers({ 200: listOf(ToolDto) }),
      },
    },
    async ({ principal, params, query }) => ({
      items: (await services.inForce.list("tools", principal, params.org, query.project)).map(toToolDto),
    }),
  );

  app.post(
    "/api/orgs/:org/tools/:plugin/:tool",
    {
      bodyLimit: MAX_CALL_BODY_BYTES,
      schema: {
        tags,
        operationId: "callTool",
        summary: "Call a tool",
        description:
          "With `Accept: text/event-stream` every value comes as an event as soon as it is there; the last event is `done`.",
        params: OrgTool,
        body: ToolCallBody,
        response: answers({ 200: orEvents(ToolAnswerDto) }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const { org, plugin, tool } = params;
      const call = (signal: AbortSignal) =>
        services.gateway.call(principal, org, {
          ...{ kind: "tools", plugin, name: tool, input: body.input ?? {}, signal },
          ...(body.project !== undefined && { project: body.project }),
        });
      if (wantsEvents(request)) {
        const requireAllowed = (caller: Principal) =>
          services.gateway.requireReach(caller, org, plugin, body.project);
        return await streams.send(request, reply, { kind: "call", requireAllowed }, async (signal) => {
          const answer = await call(signal);
          return toolEvents(answer.kind === "stream" ? answer.values : [answer.value]);
        });
      }
      const answer = await call(clientGone(reply));
      if (answer.kind === "value") return { output: answer.value ?? null };
      return await sendJson(reply, `{"output":${await gatherJson(answer.values)}}`);
    },
  );
};

const toolEvents = async function* (
  values: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<ServerSentEvent> {
  for await (const value of values) yield { event: "output", data: value };
  yield { event: "done", data: null };
};

/** Logs, as a list or followed live. */
export const logRoutes = (
  app: App,
  services: { readonly installations: Installations },
  streams: EventStreams,
): void => {
  const LogQuery = Type.Object(
    {
      after: Type.Optional(
        Type.String({ pattern: "^\\d{1,19}$", description: "The id of the last line that was seen" }),
      ),
      level: Type.Optional(Type.Enum(["debug", "info", "warn", "error"])),
      q: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
    },
    { additionalProperties: false },
  );

  app.get(
    "/api/orgs/:org/plugins/:plugin/logs",
    {
      config: { describes: { headers: ["LastEventId"] } },
      schema: {
        tags: ["Plugins"],
        operationId: "listLogLines",
        summary: "A plugin's log",
        description: "With `Accept: text/event-stream` the log is followed; `Last-Event-ID` resumes.",
        params: OrgPlugin,
        querystring: LogQuery,
        response: answers({ 200: orEvents(listOf(LogLineDto)) }),
      },
    },
    async (request, reply) => {
      const { params } = request;
      const { limit = 100, ...query } = request.query;
      const read = (after: string | undefined, caller = request.principal) =>
        services.installations.logs(caller, params.org, params.plugin, {
          ...query,
          limit,
          ...(after !== undefined && { after }),
        });
      if (!wantsEvents(request)) return { items: (await read(query.after)).map(toLogLineDto) };
      const resumed = request.headers["last-event-id"];
      const after = typeof resumed === "string" && /^\d{1,19}$/.test(resumed) ? resumed : query.after;
      const first = await read(after);
      const requireAllowed = (caller: Principal) =>
        services.installations.requireDebuggable(caller, params.org, params.plugin);
      return await streams.send(request, reply, { kind: "followed", requireAllowed }, async (signal) =>
        follow(first, read, signal),
      );
    },
  );
};

const follow = async function* (
  first: readonly StoredLogLine[],
  read: (after: string | undefined) => Promise<StoredLogLine[]>,
  gone: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  let lines: readonly StoredLogLine[] = first;
  let last: string | undefined = first.at(-1)?.id ?? "0";
  while (!gone.aborted) {
    for (const line of lines) yield { event: "line", id: line.id, data: toLogLineDto(line) };
    last = lines.at(-1)?.id ?? last;
    await delay(LOG_POLL_MS);
    lines = await read(last);
  }
};
