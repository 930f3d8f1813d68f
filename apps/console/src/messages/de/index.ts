import type { Translated } from "../en/catalog.ts";
import type { en } from "../en/index.ts";
import { activity } from "./activity.ts";
import { budgets } from "./budgets.ts";
import { calls } from "./calls.ts";
import { common } from "./common.ts";
import { connect } from "./connect.ts";
import { conversations } from "./conversations.ts";
import { endpoints } from "./endpoints.ts";
import { forms } from "./forms.ts";
import { install } from "./install.ts";
import { marketplace } from "./marketplace.ts";
import { memory } from "./memory.ts";
import { models } from "./models.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { permissions } from "./permissions.ts";
import { playground } from "./playground.ts";
import { plugin } from "./plugin.ts";
import { plugins } from "./plugins.ts";
import { policy } from "./policy.ts";
import { problems } from "./problems.ts";
import { requests } from "./requests.ts";
import { schedules } from "./schedules.ts";
import { settings } from "./settings.ts";
import { sources } from "./sources.ts";
import { tools } from "./tools.ts";
import { updates } from "./updates.ts";
import { usage } from "./usage.ts";

export const de: Translated<typeof en> = {
  connect,
  calls,
  endpoints,
  budgets,
  models,
  plugins,
  permissions,
  install,
  activity,
  common,
  conversations,
  forms,
  marketplace,
  memory,
  panels,
  people,
  playground,
  plugin,
  policy,
  problems,
  requests,
  schedules,
  settings,
  sources,
  tools,
  updates,
  usage,
};
