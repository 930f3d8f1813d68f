/** Model servers that are looked for on the machine that Patchbay runs on, by the names of their providers in `patchbay.openai`. */
export const LOCAL_SERVERS = ["ollama", "lmstudio", "vllm", "backendai"] as const;
/** The plugin that asks them. */
export const LOCAL_SERVERS_PLUGIN = "patchbay.openai";
export type LocalServerName = (typeof LOCAL_SERVERS)[number];
