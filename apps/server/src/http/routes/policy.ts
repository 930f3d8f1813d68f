import { type OrganizationPolicy, POLICY_CHANGED_BY, type Policies, type PolicyView } from "@patchbay/core";
import { normalizePermission, PolicyBody, PolicyDto } from "@patchbay/protocol";
import type { FastifyReply } from "fastify";
import { BY_REVISION, seenRevisions, tellRevision } from "../revisions.ts";
import { type App, answers, Org } from "../route.ts";

/** What an organization decides about its plugins. */
export const policyRoutes = (app: App, { policies }: { readonly policies: Policies }): void => {
  const tags = ["Organizations"];
  const path = "/api/orgs/:org/policy";

  app.get(
    path,
    {
      schema: {
        tags,
        operationId: "getPolicy",
        summary: "The rules for plugins, and what is against them",
        params: Org,
        response: answers({ 200: PolicyDto }),
      },
    },
    async ({ principal, params }, reply) => toPolicyDto(await policies.get(principal, params.org), reply),
  );

  app.put(
    path,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putPolicy",
        summary: "Replace the rules for plugins",
        description:
          "For owners and administrators. In force at once; installed plugins stay as they are, `violations` lists those that the rules do not want.",
        params: Org,
        body: PolicyBody,
        response: answers({ 200: PolicyDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      return toPolicyDto(
        await policies.put(principal, params.org, toPolicy(body), seenRevisions(request)),
        reply,
      );
    },
  );
};

const toPolicy = ({ maxGrants, ...rules }: PolicyBody): Partial<OrganizationPolicy> => ({
  ...rules,
  ...(maxGrants !== undefined && {
    maxGrants: maxGrants === "all" ? maxGrants : maxGrants.map(normalizePermission),
  }),
});

const toPolicyDto = ({ policy, violations }: PolicyView, reply: FastifyReply): PolicyDto => {
  tellRevision(reply, policy);
  return { ...policy, violations, changedBy: POLICY_CHANGED_BY } as unknown as PolicyDto;
};
