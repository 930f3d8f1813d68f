import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { PIXEL } from "./mcp-plugin.ts";
import { BOOTSTRAP_KEY } from "./server.ts";

export const CONFORMANCE = "acme.conformance";

/** A second of silence would do; a header alone is enough of a sound for a test. */
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
] as const;

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

/** The suite ends with a line for each scenario. */
const verdictsOf = (output: string): Pick<ConformanceRun, "passed" | "failed"> => {
  const lines = [...output.matchAll(/^\s*([✓✗]) ([\w-]+):/gmu)];
  const named = (sign: string) => lines.filter(([, one]) => one === sign).map(([, , name = ""]) => name);
  return { passed: named("✓"), failed: named("✗") };
};
