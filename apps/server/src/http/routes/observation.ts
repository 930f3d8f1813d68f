import type { Installations } from "@patchbay/core";
import { HistoryEventDto, InstallationDataDto, InstanceDto, MetricsDto } from "@patchbay/protocol";
import Type from "typebox";
import { type App, answers, listOf, Org, OrgPlugin, PageQuery, pageOf } from "../route.ts";
import { toHistoryEventDto, toInstanceDto } from "../views.ts";

const tags = ["Plugins"];
const base = "/api/orgs/:org/plugins";

/** What happened and what runs. Logs have a file of their own. */
export const observationRoutes = (app: App, services: { readonly installations: Installations }): void => {
  const { installations } = services;
  const Page = Type.Object(PageQuery, { additionalProperties: false });
  const AuditSearch = Type.Object(
    {
      actor: Type.Optional(Type.String({ maxLength: 64, description: "Id of a person or an API key" })),
      plugin: Type.Optional(Type.String({ maxLength: 100 })),
      action: Type.Optional(Type.String({ maxLength: 64, description: "Such as plugin.installed" })),
      from: Type.Optional(Type.String({ format: "date-time" })),
      until: Type.Optional(Type.String({ format: "date-time", description: "Events before this time" })),
      q: Type.Optional(
        Type.String({ maxLength: 200, description: "Beginnings of words that must all occur" }),
      ),
      ...PageQuery,
    },
    { additionalProperties: false },
  );

  app.get(
    `${base}/:plugin/history`,
    {
      schema: {
        tags,
        operationId: "listHistory",
        summary: "Every step of this plugin, newest first",
        params: OrgPlugin,
        querystring: Page,
        response: answers({ 200: listOf(HistoryEventDto) }),
      },
    },
    async ({ principal, params, query }) => {
      const page = await installations.history(principal, params.org, params.plugin, pageOf(query));
      return { ...page, items: page.items.map(toHistoryEventDto) };
    },
  );

  app.get(
    `${base}/:plugin/metrics`,
    {
      schema: {
        tags,
        operationId: "getMetrics",
        summary: "Calls, errors, durations, processor time and memory of the last hour, by minute",
        description: "As the node that answers has seen it.",
        params: OrgPlugin,
        response: answers({ 200: MetricsDto }),
      },
    },
    async ({ principal, params }) => {
      const { minutes, total, since } = await installations.metrics(principal, params.org, params.plugin);
      return { items: minutes, total, ...(since !== null && { since: since.toISOString() }) };
    },
  );

  app.get(
    `${base}/:plugin/instances`,
    {
      schema: {
        tags,
        operationId: "listInstances",
        summary: "Running sandboxes of this node",
        params: OrgPlugin,
        response: answers({ 200: listOf(InstanceDto) }),
      },
    },
    async ({ principal, params }) => ({
      items: (await installations.instances(principal, params.org, params.plugin)).map(toInstanceDto),
    }),
  );

  app.get(
    `${base}/:plugin/data`,
    {
      schema: {
        tags,
        operationId: "getInstallationData",
        summary: "What uninstalling would remove, in numbers",
        params: OrgPlugin,
        response: answers({ 200: InstallationDataDto }),
      },
    },
    async ({ principal, params }) => {
      const data = await installations.storedData(principal, params.org, params.plugin);
      return { ...data, usedBy: [...data.usedBy] };
    },
  );

  app.get(
    "/api/orgs/:org/audit",
    {
      schema: {
        tags: ["Organizations"],
        operationId: "listAuditEvents",
        summary: "The audit log, newest first",
        params: Org,
        querystring: AuditSearch,
        response: answers({ 200: listOf(HistoryEventDto) }),
      },
    },
    async ({ principal, params, query }) => {
      const { actor, plugin, action, from, until, q } = query;
      const page = await installations.audit(principal, params.org, {
        ...(actor !== undefined && { actorId: actor }),
        ...(plugin !== undefined && { pluginId: plugin }),
        ...(action !== undefined && { action }),
        ...(from !== undefined && { from: new Date(from) }),
        ...(until !== undefined && { until: new Date(until) }),
        ...(q !== undefined && { q }),
        ...pageOf(query),
      });
      return { ...page, items: page.items.map(toHistoryEventDto) };
    },
  );
};
