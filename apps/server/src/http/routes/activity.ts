import type { Activity } from "@patchbay/core";
import { ActivityDto } from "@patchbay/protocol";
import type { Services } from "../../services.ts";
import type { Authentication } from "../authentication.ts";
import { clientGone, type ServerSentEvent, sendEvents } from "../event-stream.ts";
import { type App, answers, Org } from "../route.ts";

/** What happens in an organization, as it happens. */
export const activityRoutes = (app: App, services: Services, authentication: Authentication): void => {
  app.get(
    "/api/orgs/:org/events",
    {
      exposeHeadRoute: false,
      schema: {
        tags: ["Organizations"],
        summary: "Hear of every change that concerns the caller",
        description:
          "Server-sent events `change`. They say what to read again and carry no content. The stream ends with an event `error` when the caller may no longer read.",
        produces: ["text/event-stream"],
        params: Org,
        response: answers({ 200: ActivityDto }),
      },
    },
    async (request, reply) => {
      const activities = await services.activity.follow(
        () => authentication.principalOf(request),
        request.params.org,
        clientGone(reply),
      );
      return await sendEvents(request, reply, asEvents(activities));
    },
  );
};

const asEvents = async function* (activities: AsyncGenerator<Activity>): AsyncGenerator<ServerSentEvent> {
  for await (const data of activities) yield { event: "change", data };
};
