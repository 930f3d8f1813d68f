/** For what runs plugins, the sandbox and the frame: the `api` as calls of the host. Plugins have no use for it. */
export type { AskHost, AskOptions, HostReply } from "./ask.ts";
export { makeApi } from "./make-api.ts";
export { NO_THEME, type ThemeSource } from "./ui.ts";
