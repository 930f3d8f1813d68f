import { type Activity, type ActivityFeed, authorize, type Principal } from "@patchbay/core";
import { ActivityDto } from "@patchbay/protocol";
import type { Authentication } from "../authentication.ts";
import type { ServerSentEvent } from "../event-stream.ts";
import type { EventStreams } from "../event-streams.ts";
import { type App, answers, Org } from "../route.ts";

/** What happens in an organization, as it happens. */
export const activityRoutes = (
  app: App,
  services: { readonly activity: ActivityFeed },
  authentication: Authentication,
  streams: EventStreams,
): void => {
  app.get(
    "/api/orgs/:org/events",
    {
      exposeHeadRoute: false,
      schema: {
        tags: ["Organizations"],
        operationId: "followEvents",
        summary: "Hear of every change that concerns the caller",
        description:
          "Server-sent events `change`. They say what to read again and carry no content. The stream ends with an event `error` when the caller may no longer read.",
        produces: ["text/event-stream"],
        params: Org,
        response: answers({ 200: ActivityDto }),
      },
    },
    async (request, reply) => {
      const { org } = request.params;
      const requireAllowed = (caller: Principal) => authorize(caller, org, "org.plugins.read");
      return await streams.send(request, reply, { kind: "followed", requireAllowed }, async (signal) => {
        const principal = () => authentication.principalOf(request);
        return asEvents(await services.activity.follow(principal, org, signal));
      });
    },
  );
};

const asEvents = async function* (activities: AsyncGenerator<Activity>): AsyncGenerator<ServerSentEvent> {
  for await (const data of activities) yield { event: "change", data };
};
