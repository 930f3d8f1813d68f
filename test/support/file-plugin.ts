import type { PluginSource } from "./packages.ts";

export const FILES = "acme.files";

const FILE = { type: "string", contentEncoding: "base64", contentMediaType: "application/octet-stream" };
const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });

const tool = (name: string, input: object, output?: object) => ({
  name,
  description: `The tool ${name}.`,
  input,
  ...(output && { output }),
});
const TOOLS = [
  tool("echo", object({ file: FILE, note: { type: "string" } }, ["file"]), object({ file: FILE })),
  tool("count", object({ file: FILE }, ["file"])),
  tool("pages", object({ title: { type: "string" }, pages: { type: "array", items: FILE } })),
  tool("backwards", object({ a: FILE, b: FILE })),
  tool("ignore", object({ file: FILE })),
  tool("close", object({ file: FILE })),
  tool("wait", object({ file: FILE })),
  tool("make", object({ bytes: { type: "integer" }, said: { type: "integer" } }), object({ made: FILE })),
  tool("page", object({}), FILE),
  tool("fails", object({}), object({ made: FILE })),
  tool("several", object({}), object({ one: FILE, more: { type: "array", items: FILE } })),
];

const CODE = `
const schemas = ${JSON.stringify(Object.fromEntries(TOOLS.map(({ name, ...rest }) => [name, rest])))};
const count = async (file) => {
  let bytes = 0;
  for await (const chunk of file.stream()) bytes += chunk.length;
  return bytes;
};
const zeros = (bytes) => {
  let left = bytes;
  return new ReadableStream({ pull(controller) {
    if (left === 0) return controller.close();
    const chunk = new Uint8Array(Math.min(left, 65536));
    left -= chunk.length;
    controller.enqueue(chunk);
  } }, { highWaterMark: 0 });
};
const run = {
  echo: ({ file }) => ({ file }),
  count: async ({ file }) => ({ name: file.name, type: file.type, size: file.size ?? null, bytes: await count(file) }),
  pages: async ({ title, pages }) => ({ title, bytes: await Promise.all(pages.map(count)) }),
  backwards: async ({ a, b }) => ({ b: await b.text(), a: await a.text() }),
  ignore: () => ({ done: true }),
  async close({ file }) {
    const reader = file.stream().getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return { first: value.length > 0 };
  },
  async wait({ file }, { signal, log }) {
    signal.addEventListener("abort", () => log.info("The call was cancelled."));
    log.info("The call has begun.");
    return { bytes: await count(file) };
  },
  make: ({ bytes, said }) => ({ made: { name: "made.bin", type: "text/html", ...(said !== undefined && { size: said }), stream: () => zeros(bytes) } }),
  page: () => ({ name: "../../evil\\u0000\\u202e\\n.html", type: "text/html", stream: () => new Blob(["<script>alert(1)</script>"]).stream() }),
  fails: () => ({ made: new ReadableStream({ pull() { throw new Error("The source is gone."); } }, { highWaterMark: 0 }) }),
  several: () => ({ one: new Uint8Array([1, 2, 3]), more: [new Blob(["four"]), new TextEncoder().encode("five").buffer] }),
};
export default { tools: Object.fromEntries(Object.entries(schemas).map(([name, rest]) => [name, { ...rest, run: run[name] }])) };
`;

/** A plugin whose tools take files and make them. */
export const filePlugin: PluginSource = {
  id: FILES,
  code: CODE,
  manifest: { contributes: { tools: TOOLS } },
};
