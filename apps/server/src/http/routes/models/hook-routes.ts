import { decisionOf, type HookView, type OrganizationHooks } from "@patchbay/models";
import { MessageHooksBody, MessageHooksDto } from "@patchbay/protocol";
import type { FastifyReply } from "fastify";
import { BY_REVISION, seenRevisions, tellRevision } from "../../revisions.ts";
import { type App, answers, Org } from "../../route.ts";

const tags = ["Models"];
const path = "/api/orgs/:org/models/hooks";

/** What messages pass on their way to chat models, and what an organization decides about that. */
export const messageHookRoutes = (app: App, { hooks }: { readonly hooks: OrganizationHooks }): void => {
  app.get(
    path,
    {
      schema: {
        tags,
        operationId: "listMessageHooks",
        summary: "Message hooks of plugins, in the order in which messages pass them",
        description: "For those who may configure plugins.",
        params: Org,
        response: answers({ 200: MessageHooksDto }),
      },
    },
    async ({ principal, params }, reply) => told(reply, await hooks.list(principal, params.org)),
  );

  app.put(
    path,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putMessageHooks",
        summary: "Decide on message hooks and their order",
        description:
          "For owners and administrators. In force at once on every node. Hooks that are left out are on, refuse what they fail to look at, and come last.",
        params: Org,
        body: MessageHooksBody,
        response: answers({ 200: MessageHooksDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      return told(reply, await hooks.put(principal, params.org, body.hooks, seenRevisions(request)));
    },
  );
};

/** The revision is that of what is decided: whether a plugin runs changes by itself. */
const told = (reply: FastifyReply, hooks: readonly HookView[]): MessageHooksDto => {
  tellRevision(reply, hooks.map(decisionOf));
  return {
    hooks: hooks.map((hook) => ({ ...hook, projects: hook.projects === "all" ? "all" : [...hook.projects] })),
  };
};
