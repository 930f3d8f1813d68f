import type { Advisories, AdvisoryReport, AutoUpdateRules, AutoUpdates, PlannedUpdate } from "@patchbay/core";
import { AdvisoriesDto, AutoUpdateBody, AutoUpdateDto, type PlannedUpdateDto } from "@patchbay/protocol";
import type { FastifyReply } from "fastify";
import type { Sources } from "../../sources/create-sources.ts";
import { BY_REVISION, seenRevisions, tellRevision } from "../revisions.ts";
import { type App, answers, Org } from "../route.ts";

const tags = ["Updates"];

interface UpdateNeeds {
  readonly advisories: Advisories;
  readonly autoUpdates: AutoUpdates;
  readonly sources: Sources;
}

/** How plugins are kept current, and what marketplaces warn of. */
export const updateRoutes = (app: App, { autoUpdates, advisories, sources }: UpdateNeeds): void => {
  app.get(
    "/api/orgs/:org/auto-update",
    {
      schema: {
        tags,
        operationId: "getAutoUpdateRules",
        summary: "The rules for automatic updates, and what comes next for each plugin",
        params: Org,
        response: answers({ 200: AutoUpdateDto }),
      },
    },
    async ({ principal, params }, reply) =>
      toAutoUpdateDto(await autoUpdates.get(principal, params.org), reply),
  );

  app.put(
    "/api/orgs/:org/auto-update",
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putAutoUpdateRules",
        summary: "Replace the rules for automatic updates",
        description:
          "Rules that are left out are as by default: nothing is updated by itself. Permissions never widen by an automatic update.",
        params: Org,
        body: AutoUpdateBody,
        response: answers({ 200: AutoUpdateDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const rules = body as Partial<AutoUpdateRules>;
      return toAutoUpdateDto(
        await autoUpdates.put(principal, params.org, rules, seenRevisions(request)),
        reply,
      );
    },
  );

  app.post(
    "/api/orgs/:org/auto-update/run",
    {
      schema: {
        tags,
        operationId: "runAutoUpdate",
        summary: "Look for updates now and make those that are due",
        description: "Asks all marketplaces first. Otherwise this happens every few minutes by itself.",
        params: Org,
        response: answers({ 200: AutoUpdateDto }),
      },
    },
    async ({ principal, params }, reply) => {
      await sources.refresh.check(principal, params.org);
      await advisories.refresh();
      return toAutoUpdateDto(await autoUpdates.runNow(principal, params.org), reply);
    },
  );

  app.get(
    "/api/orgs/:org/advisories",
    {
      schema: {
        tags,
        operationId: "listAdvisories",
        summary: "Advisories on installed plugins, and versions that are blocked",
        params: Org,
        response: answers({ 200: AdvisoriesDto }),
      },
    },
    async ({ principal, params }) => toAdvisoriesDto(await advisories.list(principal, params.org)),
  );
};

const toAutoUpdateDto = (
  { rules, planned }: { readonly rules: AutoUpdateRules; readonly planned: readonly PlannedUpdate[] },
  reply: FastifyReply,
): AutoUpdateDto => {
  tellRevision(reply, rules);
  return { ...(rules as AutoUpdateBody as AutoUpdateDto), planned: planned.map(toPlannedDto) };
};

const toPlannedDto = ({ waitsFor, from, message, mends, ...update }: PlannedUpdate): PlannedUpdateDto => ({
  ...update,
  mends: [...mends],
  ...(waitsFor !== null && { waitsFor }),
  ...(from !== null && { from: from.toISOString() }),
  ...(message !== null && { message }),
});

const toAdvisoriesDto = ({ advisories, blocked, places }: AdvisoryReport): AdvisoriesDto => ({
  advisories: advisories.map(({ advisory, places: marketplaces, touches }) => ({
    advisory,
    marketplaces: [...marketplaces],
    touches: touches.map(({ fixes, ...one }) => ({ ...one, fixes: [...fixes] })),
  })),
  blocked: blocked.map(({ place: marketplace, ...block }) => ({ ...block, marketplace })),
  marketplaces: places.map(({ place: url, name, checkedAt }) => ({
    name,
    url,
    ...(checkedAt !== null && { checkedAt: checkedAt.toISOString() }),
  })),
});
