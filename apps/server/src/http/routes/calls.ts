import type { CallLog, ListedCall } from "@patchbay/core";
import { CALL_FILTERS, CallDetailDto, CallDto } from "@patchbay/protocol";
import Type from "typebox";
import { type App, answers, listOf, Org, PageQuery, pageOf } from "../route.ts";

const tags = ["Calls"];
const WHO_READS =
  "Owners and administrators read all calls, managers those for their projects, everybody those that they have started. What is kept, and for how long, is the organization's policy: `callDays`, `calls`, `callContent`.";

/** The log of calls into plugins. */
export const callRoutes = (app: App, { callLog }: { readonly callLog: CallLog }): void => {
  const Search = Type.Object({ ...CALL_FILTERS, ...PageQuery }, { additionalProperties: false });
  const OneCall = Type.Object({ ...Org.properties, call: Type.String({ maxLength: 64 }) });

  app.get(
    "/api/orgs/:org/calls",
    {
      schema: {
        tags,
        operationId: "listCalls",
        summary: "Calls into plugins that have ended, newest first",
        description: WHO_READS,
        params: Org,
        querystring: Search,
        response: answers({ 200: listOf(CallDto) }),
      },
    },
    async ({ principal, params, query }) => {
      const { limit: _limit, cursor: _cursor, since, until, ...filters } = query;
      const page = await callLog.list(principal, params.org, {
        ...filters,
        ...(since !== undefined && { since: new Date(since) }),
        ...(until !== undefined && { until: new Date(until) }),
        ...pageOf(query),
      });
      return { ...page, items: page.items.map(toCallDto) };
    },
  );

  app.get(
    "/api/orgs/:org/calls/:call",
    {
      schema: {
        tags,
        operationId: "getCall",
        summary: "One call, with its chain",
        description: `${WHO_READS} Input and output of what somebody else has called are read with a line in the audit log.`,
        params: OneCall,
        response: answers({ 200: CallDetailDto }),
      },
    },
    async ({ principal, params }) => {
      const { input, output, calls, ...call } = await callLog.find(principal, params.org, params.call);
      return {
        ...toCallDto(call),
        ...(input && { input }),
        ...(output && { output }),
        calls: calls.map(toCallDto),
      };
    },
  );
};

const toCallDto = (call: ListedCall): CallDto => {
  const { id, at, pluginId: plugin, version, kind, name, project, caller, surface, path, durationMs } = call;
  const { userId, userName, apiKeyId, apiKeyName, parentId, chainId: chain, traceId, code } = call;
  const { inputBytes, outputBytes } = call;
  return {
    id,
    at: at.toISOString(),
    plugin,
    version,
    kind,
    name,
    ...(project !== null && { project }),
    ...(userId !== null && { person: { id: userId, name: userName } }),
    ...(apiKeyId !== null && { apiKey: { id: apiKeyId, name: apiKeyName } }),
    ...(caller !== null && { caller }),
    ...(surface !== null && { surface }),
    ...(path !== null && { path: [...path] }),
    ...(parentId !== null && { parent: parentId }),
    chain,
    ...(traceId !== null && { trace: traceId }),
    durationMs,
    ...(code !== null && { code }),
    ...(inputBytes !== null && { inputBytes }),
    ...(outputBytes !== null && { outputBytes }),
  };
};
