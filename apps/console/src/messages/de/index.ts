import type { Translated } from "../catalog.ts";
import type { en } from "../en/index.ts";
import { common } from "./common.ts";
import { forms } from "./forms.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";

export const de: Translated<typeof en> = { common, forms, panels, people };
