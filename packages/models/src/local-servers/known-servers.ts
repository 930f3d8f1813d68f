import { isJsonObject, type LocalServerName } from "@patchbay/protocol";

/** What a server says at a path, as JSON; undefined where it says nothing that counts. */
export type Says = (path: string) => Promise<unknown>;

interface KnownServer {
  readonly title: string;
  /** Its version (empty where it does not say one) when what answers is this product, else null. `list`: what it says at /v1/models. */
  readonly recognize: (says: Says, list: unknown) => Promise<string | null>;
}

/** The ports that these products listen on unless told otherwise. */
export const LOCAL_PORTS: readonly number[] = [
  11_434, // Ollama
  1_234, // LM Studio
  8_000, // vLLM, and Backend.AI GO (go.backend.ai, "Continuum Router & API")
];

const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$/;

const versionIn = (answer: unknown): string =>
  isJsonObject(answer) && typeof answer.version === "string" && VERSION.test(answer.version)
    ? answer.version
    : "";

/** What proxies others stands before them: its list has their models. */
export const KNOWN_SERVERS: Readonly<Record<LocalServerName, KnownServer>> = {
  lmstudio: {
    title: "LM Studio",
    recognize: async (says) => {
      const greeting = await says("/lmstudio-greeting");
      return isJsonObject(greeting) && greeting.lmstudio === true ? "" : null;
    },
  },
  backendai: {
    title: "Backend.AI",
    // Models of Backend.AI GO are behind its router, which says its name where it is asked whether it is well.
    recognize: async (says) => {
      const health = await says("/health");
      const isRouter =
        isJsonObject(health) &&
        typeof health.service === "string" &&
        /^(?:continuum-router|backend\.ai)/i.test(health.service);
      return isRouter ? versionIn(health) : null;
    },
  },
  ollama: {
    title: "Ollama",
    recognize: async (says) => versionIn(await says("/api/version")) || null,
  },
  vllm: {
    title: "vLLM",
    recognize: async (says, list) =>
      ownersIn(list).includes("vllm") ? versionIn(await says("/version")) : null,
  },
};

const ownersIn = (list: unknown): readonly unknown[] => {
  const data = isJsonObject(list) && Array.isArray(list.data) ? (list.data as readonly unknown[]) : [];
  return data.map((model) => (isJsonObject(model) ? model.owned_by : undefined));
};
