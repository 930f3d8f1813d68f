export { type ClientOptions, type InstallOptions, PatchbayClient } from "./client.ts";
export type { ServerEvent } from "./events.ts";
