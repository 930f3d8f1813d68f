import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { PIXEL } from "./mcp-plugin.ts";
import { BOOTSTRAP_KEY } from "./server.ts";

export const CONFORMANCE = "acme.conformance";

/** The head of a sound file, which is enough of one for a test. */
const SOUND = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const TOOLS = [
  { name: "test_simple_text", description: "Answers with a text." },
  { name: "test_image_content", description: "Answers with an image.", answers: "content" },
  { name: "test_audio_content", description: "Answers with sound.", answers: "content" },
  { name: "test_embedded_resource", description: "Answers with a resource.", answers: "content" },
  { name: "test_multiple_content_types", description: "Answers with several parts.", answers: "content" },
  { name: "test_tool_with_progress", description: "Says how far it is." },
  { name: "test_error_handling", description: "Fails." },
  { name: "test_logging_tool", description: "Writes into its log." },
  ...[
    ...["test_input_required_result_elicitation", "test_input_required_result_sampling"],
    ...["test_input_required_result_list_roots", "test_input_required_result_request_state"],
    ...["test_input_required_result_multiple_inputs", "test_input_required_result_multi_round"],
    ...["test_input_required_result_tampered_state", "test_input_required_result_capabilities"],
    ...["test_missing_capability", "test_streaming_elicitation", "test_elicitation"],
  ].map((name) => ({ name, description: "Asks whoever calls it." })),
];

const required = { required: true };
const PROMPTS = [
  { name: "test_simple_prompt", description: "Begins a conversation." },
  {
    name: "test_prompt_with_arguments",
    description: "Begins it with two values.",
    arguments: [
      { name: "arg1", ...required },
      { name: "arg2", ...required },
    ],
  },
  {
    name: "test_prompt_with_embedded_resource",
    description: "Begins it with a resource.",
    arguments: [{ name: "resourceUri", ...required }],
  },
  { name: "test_prompt_with_image", description: "Begins it with an image." },
  { name: "test_input_required_result_prompt", description: "Begins it with an answer." },
];

const RESOURCES = [
  { name: "text", description: "A text.", uri: "test://static-text", mediaType: "text/plain" },
  { name: "picture", description: "An image.", uri: "test://static-binary", mediaType: "image/png" },
  {
    name: "data",
    description: "Data by id.",
    uri: "test://template/{id}/data",
    mediaType: "application/json",
  },
];

const CODE = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const image = { type: "image", mediaType: "image/png", bytes: bytes("${PIXEL}") };
const resource = (name, text, mediaType) => ({ type: "resource", resource: { uri: "test://" + name, mediaType, text } });
const text = { type: "string" };
const yesNo = { type: "boolean" };
const form = (message, properties) => ({ message, schema: { type: "object", properties, required: Object.keys(properties) } });
const sampling = (question) => ({
  method: "sampling/createMessage",
  params: { messages: [{ role: "user", content: { type: "text", text: question } }], maxTokens: 100 },
});
const runs = {
  test_simple_text: () => "This is a simple text response for testing.",
  test_image_content: () => image,
  test_audio_content: () => ({ type: "audio", mediaType: "audio/wav", bytes: bytes("${SOUND}") }),
  test_embedded_resource: () => resource("embedded-resource", "This is an embedded resource content.", "text/plain"),
  test_multiple_content_types: () => [
    "Multiple content types test:", image,
    resource("mixed-content-resource", '{"test":"data","value":123}', "application/json"),
  ],
  test_tool_with_progress: async (_, { progress }) => {
    for (const done of [0, 50, 100]) { progress({ done, total: 100, message: "Completed step " + done + " of 100" }); await pause(150); }
    return "Done.";
  },
  test_input_required_result_elicitation: async (_, { elicit }) =>
    "Hello, " + (await elicit({ user_name: form("What is your name?", { name: text }) })).user_name.content?.name + "!",
  test_input_required_result_sampling: async (_, { elicit }) =>
    JSON.stringify((await elicit({ capital_question: sampling("What is the capital of France?") })).capital_question.content),
  test_input_required_result_list_roots: async (_, { elicit }) =>
    JSON.stringify((await elicit({ client_roots: { method: "roots/list" } })).client_roots.roots),
  test_input_required_result_request_state: async (_, { elicit }) =>
    (await elicit({ confirm: form("Please confirm", { ok: yesNo }) })).confirm.content?.ok ? "state-ok" : "not confirmed",
  test_input_required_result_multiple_inputs: async (_, { elicit }) => JSON.stringify(await elicit({
    user_name: form("What is your name?", { name: text }), greeting: sampling("Generate a greeting"), client_roots: { method: "roots/list" },
  })),
  test_input_required_result_multi_round: async (_, { elicit }) => {
    const { step1 } = await elicit({ step1: form("Step 1: What is your name?", { name: text }) });
    const { step2 } = await elicit({ step2: form("Step 2: What is your favorite color?", { color: text }) });
    return step1.content?.name + " likes " + step2.content?.color;
  },
  test_input_required_result_tampered_state: async (_, { elicit }) =>
    (await elicit({ confirm: form("Please confirm", { ok: yesNo }) })).confirm.action,
  test_input_required_result_capabilities: async (_, { elicit }) =>
    JSON.stringify(await elicit({ user_name: form("What is your name?", { name: text }), greeting: sampling("Generate a greeting") })),
  test_missing_capability: async (_, { elicit }) => JSON.stringify(await elicit({ greeting: sampling("Generate a greeting") })),
  test_streaming_elicitation: async (_, { elicit }) => (await elicit({ user_name: form("What is your name?", { name: text }) })).user_name.action,
  test_elicitation: async (_, { elicit }) => (await elicit({ user_name: form("What is your name?", { name: text }) })).user_name.action,
  test_logging_tool: (_, { log }) => { log.info("It is written into the plugin's log."); return "Done."; },
  test_error_handling: () => { throw new Error("This tool intentionally returns an error for testing"); },
};
const user = (content) => ({ role: "user", content });
const prompts = {
  test_simple_prompt: () => "This is a simple prompt for testing.",
  test_prompt_with_arguments: ({ arg1, arg2 }) => "Prompt with arguments: arg1='" + arg1 + "', arg2='" + arg2 + "'",
  test_prompt_with_embedded_resource: ({ resourceUri }) => [
    user({ type: "resource", resource: { uri: resourceUri, mediaType: "text/plain", text: "Embedded resource content for testing." } }),
    user("Please process the embedded resource above."),
  ],
  test_input_required_result_prompt: async (_, { elicit }) =>
    "Mind this: " + (await elicit({ user_context: form("What context should the prompt use?", { context: text }) })).user_context.content?.context,
  test_prompt_with_image: () => [user(image), user("Please analyze the image above.")],
};
const resources = {
  text: () => "This is the content of the static text resource.",
  picture: () => image.bytes,
  data: ({ id }) => JSON.stringify({ id, templateTest: true, data: "Data for ID: " + id }),
};
const named = (list, make) => Object.fromEntries(list.map(({ name, ...one }) => [name, make(name, one)]));
const byName = (list) => Object.fromEntries(list.map(({ name, ...one }) => [name, one]));
export default {
  tools: named(${JSON.stringify(TOOLS)}, (name, tool) => ({ ...tool, run: runs[name] })),
  prompts: named(${JSON.stringify(PROMPTS)}, (name, { arguments: args = [], ...prompt }) => ({ ...prompt, arguments: byName(args), run: prompts[name] })),
  resources: named(${JSON.stringify(RESOURCES)}, (name, resource) => ({ ...resource, read: resources[name] })),
};
`;

/** What the suite of the protocol's makers calls by name. */
export const conformancePlugin = {
  id: CONFORMANCE,
  code: CODE,
  manifest: { contributes: { tools: TOOLS, prompts: PROMPTS, resources: RESOURCES } },
};
export const CONFORMANCE_TOOLS = TOOLS.map(({ name }) => ({ plugin: CONFORMANCE, tool: name }));

const MODULES = new URL("../../node_modules/", import.meta.url).pathname;
const SUITE = `${MODULES}@modelcontextprotocol/conformance/dist/index.js`;
/** The suite needs a newer Node than tests may run on: that of the platform, which comes with the project. */
const ownNode = `${MODULES}node-${process.platform}-${process.arch}/bin/node`;
const NODE = existsSync(ownNode) ? ownNode : process.execPath;

export interface ConformanceRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly output: string;
}

/** Runs all scenarios that a revision requires of servers against an address, with a key added on the way: the suite itself sends none. */
export const runConformance = async (url: string, revision: string): Promise<ConformanceRun> => {
  const { host, pathname } = new URL(url);
  const [hostname, port] = host.split(":");
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${BOOTSTRAP_KEY}` };
    const onward = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${pathname}`;
  const suite = spawn(NODE, [SUITE, "server", "--url", address, "--requirements", revision], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [suite.stdout, suite.stderr]) stream.on("data", (chunk) => (output += chunk));
  await once(suite, "close");
  proxy.closeAllConnections();
  proxy.close();
  return { ...verdictsOf(output), output };
};

/** What stands for a client: see there. */
const BRIDGED_CLIENT = new URL("./bridged-client.ts", import.meta.url).pathname;

/** Runs one scenario for clients against servers behind the bridge of the Patchbay at `url`: the names of the checks that failed, and all that it printed. */
export const runClientConformance = async (
  url: string,
  scenario: string,
): Promise<{ readonly failed: readonly string[]; readonly output: string }> => {
  const command = `"${NODE}" "${BRIDGED_CLIENT}"`;
  const suite = spawn(NODE, [SUITE, "client", "--command", command, "--scenario", scenario], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: "1",
      PATCHBAY_URL: url,
      PATCHBAY_API_KEY: BOOTSTRAP_KEY,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [suite.stdout, suite.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(suite, "close");
  const [, named = ""] = output.split("Failed Checks:");
  const failed = [...named.matchAll(/^ {2}- (.+)$/gmu)].map(([, name = ""]) => name);
  // Whatever else went wrong is no check that failed.
  return { failed: code !== 0 && failed.length === 0 ? ["the suite itself"] : failed, output };
};

/** The suite ends with a line for each scenario, and names those that it ran beside what the revision requires. */
const verdictsOf = (output: string): Pick<ConformanceRun, "passed" | "failed"> => {
  const [scored = "", beside = ""] = output.slice(output.indexOf("=== SUMMARY ===")).split("Not scored for");
  const unscored = new Set([...beside.matchAll(/^\s*[✓✗] ([\w-]+) \(/gmu)].map(([, name]) => name));
  const lines = [...scored.matchAll(/^([✓✗]) ([\w-]+):/gmu)].filter(([, , name]) => !unscored.has(name));
  const named = (sign: string) => lines.filter(([, one]) => one === sign).map(([, , name = ""]) => name);
  return { passed: named("✓"), failed: named("✗") };
};
