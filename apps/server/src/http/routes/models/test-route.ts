import type { Models } from "@patchbay/models";
import { ProviderTestDto } from "@patchbay/protocol";
import { clientGone } from "../../event-stream.ts";
import { type App, answers, listOf, OrgPlugin, ProjectQuery } from "../../route.ts";

/** Whether a plugin's model providers have their models, for those who set them up. */
export const testModelsRoute = (app: App, { models }: { readonly models: Models }): void => {
  app.post(
    "/api/orgs/:org/plugins/:plugin/models/test",
    {
      schema: {
        tags: ["Models"],
        operationId: "testModelProviders",
        summary: "Test the connections of a plugin's model providers",
        description: "Each is asked for its models with the settings of the organization, or of the project.",
        params: OrgPlugin,
        querystring: ProjectQuery,
        response: answers({ 200: listOf(ProviderTestDto) }),
      },
    },
    async ({ principal, params: { org, plugin }, query: { project } }, reply) => {
      const caller = { by: { principal, organization: org }, project, signal: clientGone(reply) };
      return { items: await models.test(caller, plugin) };
    },
  );
};
