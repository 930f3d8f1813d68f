import type { ManagedModel, Models, OrganizationRules } from "@patchbay/models";
import {
  type ManagedModelDto,
  ManagedModelDto as Model,
  ModelRulesBody,
  ModelRulesDto,
} from "@patchbay/protocol";
import { clientGone } from "../../event-stream.ts";
import { BY_REVISION, seenRevisions, tellRevision } from "../../revisions.ts";
import { type App, answers, listOf, Org, ProjectQuery } from "../../route.ts";

const tags = ["Models"];

/** The models that an organization has, and what it decides about them. */
export const modelRulesRoutes = (
  app: App,
  { models, rules }: { readonly models: Models; readonly rules: OrganizationRules },
): void => {
  app.get(
    "/api/orgs/:org/models",
    {
      schema: {
        tags,
        operationId: "listOrganizationModels",
        summary: "All models that plugins provide here",
        description:
          "For those who may configure plugins, with those that the rules do not allow. What a caller may ask is at `/v1/models`.",
        params: Org,
        querystring: ProjectQuery,
        response: answers({ 200: listOf(Model) }),
      },
    },
    async ({ principal, params, query: { project } }, reply) => {
      const by = { principal, organization: params.org };
      const caller = { by, project, signal: clientGone(reply) };
      return { items: (await models.listManaged(caller)).map(toDto) };
    },
  );

  const path = "/api/orgs/:org/models/rules";
  app.get(
    path,
    {
      schema: {
        tags,
        operationId: "getModelRules",
        summary: "What is decided about models",
        description: "For those who may configure plugins.",
        params: Org,
        response: answers({ 200: ModelRulesDto }),
      },
    },
    async ({ principal, params }, reply) => {
      const found = await rules.get(principal, params.org);
      tellRevision(reply, found);
      return found as ModelRulesDto;
    },
  );

  app.put(
    path,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putModelRules",
        summary: "Replace what is decided about models",
        description: "For owners and administrators. In force at once on every node.",
        params: Org,
        body: ModelRulesBody,
        response: answers({ 200: ModelRulesDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const decided = await rules.put(principal, params.org, body, seenRevisions(request));
      tellRevision(reply, decided);
      return decided as ModelRulesDto;
    },
  );
};

const toDto = ({ since, models: _, isAllowed, restsForMs, ...model }: ManagedModel): ManagedModelDto => ({
  ...model,
  allowed: isAllowed,
  ...(restsForMs > 0 && { restsForSeconds: Math.ceil(restsForMs / 1000) }),
});
