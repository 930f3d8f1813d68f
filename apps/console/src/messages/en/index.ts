import { common } from "./common.ts";
import { forms } from "./forms.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";

export const en = { common, forms, panels, people } as const;
