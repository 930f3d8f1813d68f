import { activity } from "./activity.ts";
import { budgets } from "./budgets.ts";
import { calls } from "./calls.ts";
import { connect } from "./connect.ts";
import { conversations } from "./conversations.ts";
import { endpoints } from "./endpoints.ts";
import { forms } from "./forms.ts";
import { install } from "./install.ts";
import { marketplace } from "./marketplace.ts";
import { memory } from "./memory.ts";
import { models } from "./models.ts";
import { playground } from "./playground.ts";
import { plugin } from "./plugin.ts";
import { policy } from "./policy.ts";
import { schedules } from "./schedules.ts";
import { settings } from "./settings.ts";
import { sources } from "./sources.ts";
import { tools } from "./tools.ts";
import { updates } from "./updates.ts";
import { usage } from "./usage.ts";

/** What all other pages say. */
export const later = {
  connect,
  calls,
  endpoints,
  activity,
  budgets,
  conversations,
  forms,
  install,
  marketplace,
  memory,
  models,
  playground,
  plugin,
  policy,
  schedules,
  settings,
  sources,
  tools,
  updates,
  usage,
} as const;
