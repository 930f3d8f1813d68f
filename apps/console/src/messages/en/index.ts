import { common } from "./common.ts";
import { people } from "./people.ts";

export const en = { common, people } as const;
