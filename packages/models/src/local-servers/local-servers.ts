import { isJsonObject, type LocalServerName, MAX_MODEL_NAME_LENGTH, textFault } from "@patchbay/protocol";
import { LOOK_AGE_MS, MAX_TOLD_LOCAL_MODELS } from "../limits.ts";
import { askLocal, type LocalClient } from "./ask-local.ts";
import { KNOWN_SERVERS, LOCAL_PORTS } from "./known-servers.ts";

/** A model server that answered on this machine. What it says of itself is hostile: it was bounded and cleaned. */
export interface LocalServer {
  readonly server: LocalServerName;
  readonly title: string;
  readonly version?: string;
  /** Where its models are asked. */
  readonly url: string;
  /** Names of the first ones. */
  readonly models: readonly string[];
  readonly modelCount: number;
}

export interface Look {
  readonly at: Date;
  /** At most one of each product. */
  readonly servers: readonly LocalServer[];
}

/** IPv4 first: that is where all of them listen. */
const HOSTS = ["127.0.0.1", "[::1]"];

/** Looks for model servers on this machine, at fixed addresses alone. What was found is held in memory. */
export class LocalServers {
  readonly #client: LocalClient;
  readonly #ports: readonly number[];
  #last: { readonly look: Look; readonly at: number } | undefined;
  #looking: Promise<Look> | undefined;

  constructor(client: LocalClient, ports: readonly number[] = LOCAL_PORTS) {
    this.#client = client;
    this.#ports = ports;
  }

  /** What was found last; looks where nobody has looked yet. */
  async found(): Promise<Look> {
    return this.#last?.look ?? (await this.look());
  }

  /** Looks again. Those who come at once, or a moment later, have the same answer: nobody knocks at ports more often than that. */
  async look(): Promise<Look> {
    if (this.#last !== undefined && performance.now() - this.#last.at < LOOK_AGE_MS) return this.#last.look;
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return await this.#looking;
  }

  /** Whether the same product still answers at the address of one that was found. */
  async stillThere({ server, url }: LocalServer): Promise<boolean> {
    return (await this.#at(new URL(url).origin))?.server === server;
  }

  async #lookNow(): Promise<Look> {
    const origins = HOSTS.flatMap((host) => this.#ports.map((port) => `http://${host}:${port}`));
    const found = await Promise.all(origins.map((origin) => this.#at(origin)));
    const all = found.filter((one) => one !== null);
    const servers = all.filter(({ server }, at) => all.findIndex((one) => one.server === server) === at);
    const look = { at: new Date(), servers };
    this.#last = { look, at: performance.now() };
    return look;
  }

  /** What answers at an origin, told by what it says. */
  async #at(origin: string): Promise<LocalServer | null> {
    const says = (path: string) => askLocal(this.#client, new URL(path, origin));
    const list = await says("/v1/models");
    const names = namesIn(list);
    if (names === null) return null;
    const known = Object.entries(KNOWN_SERVERS);
    const versions = await Promise.all(known.map(([, { recognize }]) => recognize(says, list)));
    const which = versions.findIndex((version) => version !== null);
    const [server, { title }] = known[which] ?? [undefined, { title: "" }];
    if (server === undefined) return null;
    const version = versions[which] ?? "";
    return {
      server: server as LocalServerName,
      title,
      ...(version !== "" && { version }),
      url: `${origin}/v1`,
      models: names.slice(0, MAX_TOLD_LOCAL_MODELS),
      modelCount: names.length,
    };
  }
}

/** The names of a list of models that can be shown; null when it is none. */
const namesIn = (list: unknown): string[] | null => {
  if (!isJsonObject(list) || !Array.isArray(list.data)) return null;
  const names = (list.data as readonly unknown[]).flatMap((model) =>
    isJsonObject(model) && typeof model.id === "string" && isFit(model.id) ? [model.id] : [],
  );
  return [...new Set(names)];
};

const isFit = (name: string): boolean => name.length <= MAX_MODEL_NAME_LENGTH && textFault(name) === null;
