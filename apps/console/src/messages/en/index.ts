import { common } from "./common.ts";
import { forms } from "./forms.ts";
import { people } from "./people.ts";

export const en = { common, forms, people } as const;
