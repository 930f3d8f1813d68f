import { describeChange, type LockPlan, type Locks } from "@patchbay/core";
import { LockBody, LockFileDto, LockPlanDto } from "@patchbay/protocol";
import { MAX_LOCK_BODY_BYTES } from "../limits.ts";
import { type App, answers, Org } from "../route.ts";

const tags = ["Lock file"];
const base = "/api/orgs/:org/lock";

/** The organization's plugins as one file, and back. */
export const lockRoutes = (app: App, { locks }: { readonly locks: Locks }): void => {
  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "getLock",
        summary: "The organization's plugins as a lock file",
        description:
          "Versions with their digests, grants, scopes and settings; secrets by reference. The same state makes the same file.",
        params: Org,
        response: answers({ 200: LockFileDto }),
      },
    },
    async ({ principal, params }) => await locks.read(principal, params.org),
  );

  app.post(
    `${base}/plan`,
    {
      bodyLimit: MAX_LOCK_BODY_BYTES,
      schema: {
        tags,
        operationId: "planLock",
        summary: "What applying a lock file would change",
        description: "And what stands in the way, by policy or otherwise. Nothing is changed.",
        params: Org,
        body: LockBody,
        response: answers({ 200: LockPlanDto }),
      },
    },
    async ({ principal, params, body }) => toDto(await locks.plan(principal, params.org, body)),
  );

  app.post(
    `${base}/apply`,
    {
      bodyLimit: MAX_LOCK_BODY_BYTES,
      schema: {
        tags,
        operationId: "applyLock",
        summary: "Make it so",
        description:
          "Answers with what was changed: nothing when all is so already. Nothing is changed either while a part of it cannot be done (`lock_blocked`).",
        params: Org,
        body: LockBody,
        response: answers({ 200: LockPlanDto }),
      },
    },
    async ({ principal, params, body }) => toDto(await locks.apply(principal, params.org, body)),
  );
};

const toDto = ({ changes, unnamed }: LockPlan): LockPlanDto => ({
  changes: changes.map(describeChange),
  unnamed: [...unnamed],
});
