import type { StandIn } from "./stand-in.ts";

/** An organization without plugins. */
export const metrics = (): StandIn<"metrics"> => ({ "metrics.plugins": () => ({ value: [] }) });
