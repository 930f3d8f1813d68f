import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { UsageError } from "./output.ts";

interface Login {
  readonly url: string;
  readonly apiKey: string;
  readonly organization: string;
}

const DEFAULT_URL = "http://127.0.0.1:4700";

const loginFile = (): string =>
  join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "patchbay", "login.json");

/** Remembers server and key for this person, readable by nobody else. Returns the file's path. */
export const saveLogin = async (login: Login): Promise<string> => {
  const path = loginFile();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  return path;
};

/** The server for this call: the environment wins over `login`. */
export const serverUrl = async (): Promise<string> =>
  requireUrl(process.env.PATCHBAY_URL ?? (await readLogin())?.url ?? DEFAULT_URL);

/** The address itself. Throws `UsageError` for what is none. */
export const requireUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return text;
  throw new UsageError(`"${text}" is not an address such as ${DEFAULT_URL}.`);
};

/** The client for this call: the environment wins over `login`, and `--org` over both. Throws `UsageError` without a key. */
export const openClient = async (organization: string | undefined): Promise<PatchbayClient> => {
  const saved = await readLogin();
  const apiKey = process.env.PATCHBAY_API_KEY ?? saved?.apiKey;
  if (apiKey === undefined)
    throw new UsageError("There is no API key. Run `patchbay login`, or set PATCHBAY_API_KEY.");
  requireKey(apiKey, process.env.PATCHBAY_API_KEY === undefined ? loginFile() : "PATCHBAY_API_KEY");
  return new PatchbayClient({
    url: await serverUrl(),
    apiKey,
    organization: organization ?? process.env.PATCHBAY_ORG ?? saved?.organization ?? "default",
  });
};

/** Throws `UsageError` for what cannot be sent as a key at all. */
const requireKey = (key: string, from: string): void => {
  if (key.trim() === "")
    throw new UsageError(`${from} holds an empty API key. Set it, or run \`patchbay login\`.`);
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new UsageError(`The API key of ${from} has characters that no key has. Copy it again.`);
};

const readLogin = async (): Promise<Login | null> => {
  const text = await readFile(loginFile(), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Login;
  } catch {
    throw new UsageError(`${loginFile()} is not valid JSON. Run \`patchbay login\` again.`);
  }
};
