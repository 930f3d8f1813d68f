import { makePackage } from "../../support/packages.ts";

const GREETING = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", title: "Name", minLength: 2 },
    times: { type: "integer", title: "Times", default: 1, minimum: 1 },
    tone: { type: "string", enum: ["warm", "dry"], title: "Tone" },
  },
  additionalProperties: false,
};
const COUNTING = {
  type: "object",
  properties: {
    to: { type: "integer", title: "To", default: 3 },
    everyMs: { type: "integer", title: "Pause in ms", default: 10 },
  },
};

/** A plugin with a tool for everything that people see of tools: forms, streams, errors, log lines, rows. */
const CODE = `
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export default {
  tools: {
    greet: {
      description: "Greets somebody.",
      input: ${JSON.stringify(GREETING)},
      run: ({ name, times }, { project }) =>
        ({ greeting: Array(times).fill("Hello " + name).join(", "), project: project ?? "none" }),
    },
    count: {
      description: "Counts, a value after the other.",
      input: ${JSON.stringify(COUNTING)},
      async *run({ to, everyMs }, { signal, log }) {
        try {
          for (let n = 1; n <= to && !signal.aborted; n += 1) { yield { n, square: n * n }; await pause(everyMs); }
        } finally {
          if (signal.aborted) log.warn("Counting was cancelled.");
        }
      },
    },
    fail: { description: "Does not work.", run: () => { throw new Error("The kettle is empty."); } },
    talk: {
      description: "Writes to the log.",
      async run({ lines = 1, level = "info", words = "Line" } = {}, { log }) {
        for (let n = 1; n <= lines; n += 1) {
          log[level](words + " " + n, { n, nested: { even: n % 2 === 0 } });
          if (n % 50 === 0) await pause(300);
        }
        return { lines };
      },
    },
  },
};
`;

export const LIVELY = "acme.lively";

export const lively = (version = "1.0.0"): Promise<Uint8Array> =>
  makePackage({
    id: LIVELY,
    version,
    code: CODE,
    files: {
      "README.md":
        "# Lively\n\nDoes **everything** that there is to see.\n\n<script>globalThis.hacked = 1</script>",
    },
    manifest: {
      name: "Lively",
      description: "Does everything that there is to see.",
      author: { name: "Acme" },
      license: "MIT",
      keywords: ["tea", "kettle"],
      settings: {
        type: "object",
        properties: { cups: { type: "integer", title: "Cups", default: 2 } },
      },
      permissions: {
        required: [{ name: "storage.scoped", reason: "Remembers who was greeted." }],
        optional: [
          { name: "net.fetch", hosts: ["tea.example.org"], reason: "Orders tea." },
          { name: "ui.notifications", reason: "Says when tea is ready." },
        ],
      },
      contributes: {
        tools: [
          { name: "greet", title: "Greet", description: "Greets somebody.", input: GREETING },
          { name: "count", title: "Count", description: "Counts, a value after the other.", input: COUNTING },
          { name: "fail", title: "Fail", description: "Does not work." },
          { name: "talk", title: "Talk", description: "Writes to the log." },
        ],
      },
    },
  });
