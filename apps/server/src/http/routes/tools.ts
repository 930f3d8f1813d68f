import { setTimeout as delay } from "node:timers/promises";
import {
  type CallFiles,
  discardFiles,
  type InForce,
  type Installations,
  type Invocation,
  type InvocationGateway,
  Places,
  type PluginAnswer,
  type Principal,
  type StoredLogLine,
} from "@patchbay/core";
import {
  LOG_LEVELS,
  LogLineDto,
  PatchbayError,
  ToolAnswerDto,
  ToolCallBody,
  ToolDto,
  traceOf,
} from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { inJson, sendFiles } from "../calls/call-answer.ts";
import { type CallForm, readCallForm } from "../calls/call-form.ts";
import { heldBack } from "../calls/held-back.ts";
import { withProgress } from "../calls/progress-events.ts";
import { clientGone, type ServerSentEvent, wantsEvents, whenGone } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { gatherJson, sendJson } from "../gather.ts";
import { MAX_CALL_BODY_BYTES, MAX_FORMS_PER_PERSON } from "../limits.ts";
import { skipRest } from "../multipart.ts";
import { CALL_FORM, orEvents, orEventsOrFiles } from "../openapi/describe.ts";
import { type App, answers, listOf, Org, OrgPlugin, ProjectQuery } from "../route.ts";
import { toLogLineDto, toToolDto } from "../views.ts";

/** How often a log that is followed is read. Every node's lines are in the database, so reading finds them all. */
const LOG_POLL_MS = 500;

const CALL_DESCRIPTION = `With \`Accept: text/event-stream\` every value comes as an event as soon as it is there; the last event is \`done\`. How far the call is comes as events \`progress\` (\`done\`, and where they are known \`total\` and \`message\`), when the tool says so. A form with files is not answered so.

Files go as \`multipart/form-data\`: first the part \`input\` with the input as JSON, and \`project\` where there is one; then each file, as a part that is named by the path of its field (\`document\`, \`pages/0\`). Of several files \`parts\` says beforehand which follow, in their order: a list of \`{ path, name?, type?, size? }\`. The call begins when the first file begins to come. Small files may stand in the JSON in base64.

An answer with files comes as a form with \`Accept: multipart/form-data\` (\`output\` with the JSON, then each file by the path of its field; \`/output\` of a field \`output\`, \`/\` where the whole answer is a file), as the bytes of its only file with \`Accept: application/octet-stream\`, and otherwise as JSON with the files in base64, when they are small.`;

/** Tools: everything callable. */
export const toolRoutes = (
  app: App,
  services: {
    readonly gateway: InvocationGateway;
    readonly inForce: InForce;
    /** A folder for what waits to be sent. */
    readonly uploads: string;
  },
  streams: EventStreams,
): void => {
  const { gateway, uploads } = services;
  const forms = new Places(
    MAX_FORMS_PER_PERSON,
    (sent) => `You send ${sent} forms at once. Wait until one of them is answered.`,
  );
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
      items: (await services.inForce.list("tools", principal, params.org, query.project)).map((tool) =>
        toToolDto(tool, gateway.maxFileBytes),
      ),
    }),
  );

  app.post(
    "/api/orgs/:org/tools/:plugin/:tool",
    {
      bodyLimit: MAX_CALL_BODY_BYTES,
      config: { describes: { form: CALL_FORM, headers: ["Traceparent"] } },
      schema: {
        tags,
        operationId: "callTool",
        summary: "Call a tool",
        description: CALL_DESCRIPTION,
        consumes: ["application/json", "multipart/form-data"],
        params: OrgTool,
        body: ToolCallBody,
        response: answers({ 200: orEventsOrFiles(ToolAnswerDto) }),
      },
      preValidation: (request, _reply, done) => {
        // A form is read by the handler, part after part.
        if (request.isMultipart()) request.body = {};
        done();
      },
    },
    async (request, reply) => {
      if (!request.isMultipart()) return await answerCall(request, reply, request.body);
      try {
        whenGone(reply, forms.take(request.principal.user.id));
        const form = await readCallForm(request, gateway.maxFileBytes);
        return await answerCall(request, reply, form, form);
      } catch (error) {
        // What still comes would stand before the next request.
        skipRest(request);
        throw error;
      }
    },
  );

  const answerCall = async (
    request: FastifyRequest,
    reply: FastifyReply,
    call: Pick<Invocation, "project" | "files"> & { readonly input?: unknown },
    form?: CallForm,
  ): Promise<ToolAnswerDto> => {
    const { org, plugin, tool } = request.params as Static<typeof OrgTool>;
    const { input = {}, project, files } = call;
    const trace = traceOf(request.headers.traceparent);
    const start = (signal: AbortSignal, onProgress?: Invocation["onProgress"]) =>
      gateway.call(
        { principal: request.principal, organization: org },
        {
          kind: "tools",
          plugin,
          name: tool,
          input,
          signal,
          surface: "api",
          ...(onProgress && { onProgress }),
          ...(trace && { trace }),
          ...(project !== undefined && { project }),
          ...(files && { files }),
        },
      );
    const requireAllowed = (caller: Principal) =>
      gateway.requireReach({ principal: caller, organization: org }, plugin, project);
    if (wantsEvents(request)) {
      if (files !== undefined) throw eventsWhileSending(files);
      return (await streams.send(request, reply, { kind: "call", requireAllowed }, (signal) =>
        withProgress((onProgress) => start(signal, onProgress), toolEvents),
      )) as never;
    }
    const answer = await start(clientGone(reply));
    switch (answer.kind) {
      case "files": {
        const { heads, pieces } = answer.files;
        const held = form === undefined ? pieces : heldBack(pieces, form.received, uploads);
        const allowed = streams.whileAllowed(request, requireAllowed, held);
        return (await sendFiles(request, reply, {
          value: answer.value,
          files: { heads, pieces: allowed },
        })) as never;
      }
      case "stream": {
        const json = `{"output":${await gatherJson(answer.values)}}`;
        await form?.received;
        return await sendJson(reply, json);
      }
      case "value":
        await form?.received;
        return { output: answer.value ?? null };
    }
  };
};

/** Many clients read no event before all of their files have left, and the plugin would wait for them with those it has made. */
const eventsWhileSending = (files: CallFiles): PatchbayError => {
  discardFiles(files);
  return new PatchbayError(
    "invalid_request",
    "A form with files is not answered with events. Ask for JSON or with `Accept: multipart/form-data`, or send small files in base64 in JSON.",
    { status: 406 },
  );
};

const toolEvents = async function* (answer: PluginAnswer): AsyncGenerator<ServerSentEvent> {
  switch (answer.kind) {
    case "files":
      yield { event: "output", data: await inJson(answer) };
      break;
    case "stream":
      for await (const value of answer.values) yield { event: "output", data: value };
      break;
    case "value":
      yield { event: "output", data: answer.value };
  }
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
      level: Type.Optional(Type.Enum([...LOG_LEVELS])),
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
