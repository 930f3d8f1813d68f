import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writePackage } from "@patchbay/artifact";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import pg from "pg";
import { quantile, type Row } from "./row.ts";
import { type BenchServer, KEY, startBenchServer } from "./server.ts";

const ENTRIES = 100_000;
/** Texts that one statement writes. */
const WRITTEN_AT_ONCE = 5_000;
const SEARCHES = 300;
const WARM_UP = 20;
/** All of them are embedded by then. */
const EMBEDDED_WITHIN_MS = 10 * 60_000;
const PLUGIN = "bench.memory";
const SPACE = `/api/orgs/default/memory/${PLUGIN}/notes`;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const WHO = ["Marta", "Jonas", "The neighbour", "My aunt", "Their teacher", "Karim", "The doctor", "Lena"];
const WHAT =
  "adopted a kitten|plays the cello|lost a passport|grows tomatoes|collects stamps|sings in a choir|fears spiders|sells honey|speaks Arabic|runs marathons|bakes bread|restores old boats|studies medicine|paints landscapes|repairs bicycles|writes novels".split(
    "|",
  );
const WHERE =
  "near the harbour|behind the station|in a village|by the lake|at the market|on the island|in the old town|above the bakery|next to the museum|at the border|under the bridge|in the mountains".split(
    "|",
  );
const WHEN =
  "every winter|since March|on Sundays|after work|at night|before the wedding|for twenty years|during the storm|without telling anybody|against the advice of friends".split(
    "|",
  );
const QUESTIONS = [
  "Which pets do they have at home?",
  "Who makes music in a church?",
  "What vegetables come from the garden?",
  "Who is afraid of insects?",
  "Which languages does Karim know?",
  "Who lives close to the water?",
  "What happens in cold weather?",
  "Which travel document is missing?",
];

/**
 * Searching 100,000 memories of one namespace over HTTP, by words and by the meaning that English word vectors give, which the plugin that comes with
 * Patchbay embeds in its sandbox; beside full text alone, which is what is left where no model embeds.
 */
export const benchMemory = async (): Promise<Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-bench-memory-"));
  let server: BenchServer | undefined;
  try {
    server = await startBenchServer(folder);
    await prepare(server.url, folder);
    await server.stop();
    await seed(folder);
    server = await startBenchServer(folder);
    const words = await measure(server.url, "unavailable");
    await ask(server.url, "POST", "/api/orgs/default/plugins/patchbay.word-vectors/enable");
    await untilEmbedded(server.url);
    const fused = await measure(server.url, "complete");
    const row = (what: string, of: (times: readonly number[]) => number, goal?: string): Row => ({
      what: `search of ${ENTRIES} memories by words and meaning, ${what}`,
      unit: "ms",
      patchbay: of(fused),
      peers: { "full text alone": of(words) },
      ...(goal !== undefined && { goal }),
    });
    return [
      row("half of them within", (times) => quantile(times, 0.5)),
      row("95 of 100 within", (times) => quantile(times, 0.95), "at most 50 ms"),
    ];
  } finally {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** A plugin that has a namespace. */
const prepare = async (url: string, folder: string): Promise<void> => {
  const output = join(folder, "bench-memory.zip");
  const manifest = {
    id: PLUGIN,
    name: "Memory",
    version: "1.0.0",
    description: "Keeps things in mind.",
    author: { name: "Bench" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    permissions: { required: ["memory.read", "memory.write"] },
  };
  const code = 'export default { onActivate: (api) => api.memory.createNamespace("notes") };';
  const files = [
    { path: "plugin.json", content: JSON.stringify(manifest) },
    { path: "plugin.js", content: code },
  ];
  await writePackage({ files, output });
  const form = new FormData();
  form.append("package", new Blob([await readFile(output)]), "package.zip");
  await ask(url, "POST", "/api/orgs/default/uploads", form);
  await ask(url, "POST", "/api/orgs/default/plugins", {
    plugin: PLUGIN,
    grants: ["memory.read", "memory.write"],
  });
  await ask(url, "POST", `/api/orgs/default/plugins/${PLUGIN}/enable`);
};

/** Writes the memories into the database of a server that has stopped: one by one they would take minutes. */
const seed = async (dataDir: string): Promise<void> => {
  const embedded = await startEmbeddedPostgres({ dataDir, log: SILENT });
  const client = new pg.Client(embedded.connection);
  try {
    await client.connect();
    for (let from = 0; from < ENTRIES; from += WRITTEN_AT_ONCE) {
      const texts = Array.from({ length: WRITTEN_AT_ONCE }, (_, place) => sentence(from + place));
      const ids = texts.map(() => randomUUID());
      await client.query(
        `insert into memories (id, space_id, text, metadata, citations, digest, sense, revision, bytes)
         select given.id, memory_spaces.id, given.text, '{}', '[]', given.id, given.id, 1, length(given.text)
         from memory_spaces, unnest($1::text[], $2::text[]) as given (id, text)`,
        [ids, texts],
      );
    }
    await client.query("update memory_spaces set entries = $1, revision = 1", [ENTRIES]);
    await client.query("analyze memories");
  } finally {
    await client.end();
    await embedded.stop();
  }
};

/** No two are the same. */
const sentence = (number: number): string => {
  const of = (list: readonly string[], step: number) => list[Math.floor(number / step) % list.length];
  return `${of(WHO, 1)} ${of(WHAT, WHO.length)} ${of(WHERE, WHO.length * WHAT.length)} ${of(WHEN, WHO.length * WHAT.length * WHERE.length)}, as noted in letter ${number}.`;
};

const untilEmbedded = async (url: string): Promise<void> => {
  const until = performance.now() + EMBEDDED_WITHIN_MS;
  while ((await search(url, QUESTIONS[0] ?? "")) !== "complete") {
    if (performance.now() > until) throw new Error("The memories were not embedded in time.");
    await sleep(2_000);
  }
};

/** How long each of the searches takes, one after the other, in milliseconds. */
const measure = async (url: string, meaning: string): Promise<number[]> => {
  const times: number[] = [];
  for (let count = 0; count < WARM_UP + SEARCHES; count += 1) {
    const question = `${QUESTIONS[count % QUESTIONS.length]} ${WHERE[count % WHERE.length]}`;
    const before = performance.now();
    const found = await search(url, question);
    if (found !== meaning) throw new Error(`A search was ${found} where ${meaning} was measured.`);
    if (count >= WARM_UP) times.push(performance.now() - before);
  }
  return times;
};

const search = async (url: string, question: string): Promise<unknown> =>
  ((await ask(url, "GET", `${SPACE}/search?${new URLSearchParams({ q: question })}`)) as { meaning: unknown })
    .meaning;

const ask = async (url: string, method: string, path: string, body?: object): Promise<unknown> => {
  const isForm = body instanceof FormData;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${KEY}`,
      ...(body !== undefined && !isForm && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : await response.json();
};
