import { makePackage } from "../../support/packages.ts";

/** A field of every kind into which people type, for settings and for a tool's input. */
const FIELDS = {
  number: { type: "number", title: "Share" },
  integer: { type: "integer", title: "Count" },
  withDefault: { type: "number", title: "Rate", default: 10 },
  nullable: { type: ["number", "null"], title: "Limit" },
  text: { type: "string", title: "Word" },
  textWithDefault: { type: "string", title: "Server", default: "https://meet.example.org" },
  long: { type: "string", multiline: true, title: "Letter", default: "Dear all" },
  date: { type: "string", format: "date", title: "Day" },
  time: { type: "string", format: "time", title: "Hour" },
  moment: { type: "string", format: "date-time", title: "Moment" },
  numbers: { type: "array", title: "Weights", items: { type: "number" } },
  texts: { type: "array", title: "Words", items: { type: "string", default: "tea" } },
  inner: {
    type: "object",
    title: "Inner",
    properties: {
      number: { type: "number", title: "Inner share" },
      text: { type: "string", title: "Inner word", default: "inside" },
    },
  },
};
const { nullable: _nullable, ...SETTINGS } = FIELDS;
const INPUT = {
  type: "object",
  required: ["needed"],
  properties: {
    ...FIELDS,
    needed: { type: "string", title: "Needed" },
    free: { title: "Free" },
    content: { type: "string", title: "Content", contentEncoding: "base64" },
  },
};

const CODE = `export default { tools: { echo: {
  description: "Says what it was given.", input: ${JSON.stringify(INPUT)},
  run: ({ content, ...given }) => ({ ...given, ...(content !== undefined && { length: content.length }) }),
} } };`;

export const TYPED = "acme.typed";

export const typed = (): Promise<Uint8Array> =>
  makePackage({
    id: TYPED,
    code: CODE,
    manifest: {
      name: "Typed",
      settings: { type: "object", properties: SETTINGS },
      contributes: {
        tools: [{ name: "echo", title: "Echo", description: "Says what it was given.", input: INPUT }],
      },
    },
  });
