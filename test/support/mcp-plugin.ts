import {
  Client,
  type ElicitRequest,
  type ElicitResult,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { BOOTSTRAP_KEY } from "./server.ts";

export const WEATHER = "acme.weather";

/** A red pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const object = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
});
const png = { type: "string", contentEncoding: "base64", contentMediaType: "image/png" };

/** As the manifest has them; the code has what they do. */
const TOOLS = [
  {
    name: "forecast",
    title: "Forecast",
    description: "Tells the weather of a place.",
    input: object({ place: { type: "string" } }, ["place"]),
    output: object({ place: { type: "string" }, degrees: { type: "number" } }, ["degrees"]),
    annotations: { readOnlyHint: true },
  },
  { name: "words", description: "Streams words." },
  { name: "numbers", description: "Streams numbers." },
  { name: "map", description: "Draws a map.", output: object({ name: { type: "string" }, picture: png }) },
  { name: "show", description: "Shows all kinds of content.", answers: "content" },
  { name: "lies", description: "Says that it answers with content.", answers: "content" },
  { name: "fails", description: "Fails." },
  { name: "counts", description: "Says how far it is." },
  { name: "waits", description: "Waits until it is told to end." },
] as const;

const CODE = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const pixel = Uint8Array.from(atob("${PIXEL}"), (sign) => sign.charCodeAt(0));
const runs = {
  forecast: ({ place }) => ({ place, degrees: 12.5 }),
  words: async function* () { yield "one "; yield "two "; yield "three"; },
  numbers: async function* () { for (let n = 0; n < 3; n += 1) yield { n }; },
  map: () => ({ name: "Oslo", picture: pixel }),
  show: () => [
    "Look:", { type: "image", mediaType: "image/png", bytes: pixel },
    { type: "resource", resource: { uri: "acme://notes/1", mediaType: "text/plain", text: "A note." } },
  ],
  lies: () => [{ type: "image", mediaType: 1, bytes: pixel }],
  fails: () => { throw new Error("The station is closed."); },
  counts: async (_, { progress }) => {
    for (let done = 1; done <= 3; done += 1) { progress({ done, total: 3, message: "Step " + done }); await pause(150); }
    return "counted";
  },
  waits: async (_, { signal, log }) => {
    signal.addEventListener("abort", () => log.info("The caller has gone."));
    log.info("It has begun.");
    await pause(25_000);
  },
};
const tools = ${JSON.stringify(TOOLS)};
export default { tools: Object.fromEntries(tools.map(({ name, ...tool }) => [name, { ...tool, run: runs[name] }])) };
`;

/** Tools that do what clients have to get along with. */
export const weatherPlugin = { id: WEATHER, code: CODE, manifest: { contributes: { tools: TOOLS } } };

export const MODES = ["legacy", "auto", { pin: "2026-07-28" }] as const;

/** The official client of both eras, connected. */
export const connected = async (
  url: string,
  {
    mode = "auto",
    key = BOOTSTRAP_KEY,
    headers = {},
    onToolsChanged,
    elicit,
  }: {
    readonly mode?: (typeof MODES)[number];
    readonly key?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly onToolsChanged?: () => void;
    /** What the person in front of it answers to each question. */
    readonly elicit?: (asked: ElicitRequest["params"]) => ElicitResult;
  } = {},
): Promise<Client> => {
  const client = new Client(
    { name: "tests", version: "1.0.0" },
    {
      versionNegotiation: { mode },
      ...(elicit && { capabilities: { elicitation: {} } }),
      ...(onToolsChanged && {
        listChanged: { tools: { onChanged: onToolsChanged, autoRefresh: false, debounceMs: 0 } },
      }),
    },
  );
  if (elicit !== undefined)
    client.setRequestHandler("elicitation/create", async ({ params }) => elicit(params));
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${key}`, ...headers } },
    }),
  );
  return client;
};

/** The client of the old era, which many products are built on. */
export const connectedAsBefore = async (url: string, key = BOOTSTRAP_KEY): Promise<OldClient> => {
  const client = new OldClient({ name: "tests", version: "1.0.0" });
  await client.connect(
    new OldTransport(new URL(url), { requestInit: { headers: { "x-api-key": key } } }) as never,
  );
  return client;
};
