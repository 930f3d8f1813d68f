import type { LocalModels } from "@patchbay/models";
import { LocalServersDto, UsedLocalServerDto, UseLocalServerBody } from "@patchbay/protocol";
import Type from "typebox";
import { clientGone } from "../../event-stream.ts";
import { type App, answers, Org } from "../../route.ts";

const tags = ["Models"];
const base = "/api/orgs/:org/models/local";

/** Model servers on the machine that Patchbay runs on, for administrators of the deployment. */
export const localModelRoutes = (app: App, { local }: { readonly local: LocalModels }): void => {
  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listLocalModelServers",
        summary: "Model servers that were found on this machine",
        description:
          "For administrators of the deployment who administer the organization. Where this node has not looked yet, it looks now.",
        params: Org,
        response: answers({ 200: LocalServersDto }),
      },
    },
    async ({ principal, params }) => await local.found(principal, params.org),
  );

  app.post(
    `${base}/look`,
    {
      schema: {
        tags,
        operationId: "lookForLocalModelServers",
        summary: "Look for model servers on this machine",
        description:
          "Asks the addresses of this machine where Ollama, LM Studio, vLLM and Backend.AI listen, and tells which of them answers.",
        params: Org,
        response: answers({ 200: LocalServersDto }),
      },
    },
    async ({ principal, params }) => await local.look(principal, params.org),
  );

  app.post(
    `${base}/:server`,
    {
      schema: {
        tags,
        operationId: "useLocalModelServer",
        summary: "Use a model server that was found on this machine",
        description:
          "Puts its address into the settings of the plugin, lets the plugin reach that address and port, enables the plugin, and asks for the models. Nothing is changed when any of that fails.",
        params: Type.Object({ ...Org.properties, server: Type.String({ maxLength: 63 }) }),
        body: UseLocalServerBody,
        response: answers({ 200: UsedLocalServerDto }),
      },
    },
    async ({ principal, params: { org, server }, body }, reply) => {
      const by = { principal, organization: org };
      const caller = { by, project: undefined, signal: clientGone(reply) };
      return await local.use(caller, server, body);
    },
  );
};
