import { common } from "./common.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { permissions } from "./permissions.ts";
import { plugins } from "./plugins.ts";
import { problems } from "./problems.ts";
import { requests } from "./requests.ts";

/** What the frame around every page says, and the pages that people come to first. Each byte here is waited for at the first load. */
export const first = {
  common,
  panels,
  people,
  permissions,
  plugins,
  problems,
  requests,
} as const;
