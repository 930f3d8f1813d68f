import { activity } from "./activity.ts";
import { common } from "./common.ts";
import { forms } from "./forms.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { settings } from "./settings.ts";

export const en = { activity, common, forms, panels, people, settings } as const;
