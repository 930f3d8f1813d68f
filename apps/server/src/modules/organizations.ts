import { ActivityFeed, Notifications, Policies } from "@patchbay/core";
import { activityRoutes } from "../http/routes/activity.ts";
import { notificationRoutes } from "../http/routes/notifications.ts";
import { organizationRoutes } from "../http/routes/organizations.ts";
import { policyRoutes } from "../http/routes/policy.ts";
import { projectRoutes } from "../http/routes/projects.ts";
import { deploymentRoutes } from "../http/routes/system.ts";
import type { Durable } from "./durable.ts";
import type { Module } from "./module.ts";
import type { People } from "./people.ts";
import type { Plugins } from "./plugins.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/**
 * What people of an organization do together: members, projects, its policy, and what they hear of. `furnish` is called with the id of
 * each new organization, before anybody uses it.
 */
export const openOrganizations = (
  { database }: Storage,
  { trust }: Trust,
  { directory }: Plugins,
  { organizations, newcomers }: People,
  { nodes }: Durable,
  furnish: (organizationId: string) => Promise<void>,
): Module => {
  const policies = new Policies(database, trust);
  const activity = new ActivityFeed(database.changes, directory);
  const notifications = new Notifications(database);
  return {
    routes: (app, { authentication, streams, site }) => {
      organizationRoutes(app, { organizations, newcomers, furnish }, site);
      projectRoutes(app, { organizations });
      policyRoutes(app, { policies });
      activityRoutes(app, { activity }, authentication, streams);
      notificationRoutes(app, { notifications });
      deploymentRoutes(app, { database, nodes });
    },
  };
};
