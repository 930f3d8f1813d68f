import type { CallFile } from "@patchbay/api-client";
import { splitFiles } from "./tool-files.ts";

/** One call of a tool, as somebody would make it from elsewhere. */
export interface CodedCall {
  /** Of the server. */
  readonly url: string;
  /** Slug. */
  readonly org: string;
  readonly plugin: string;
  readonly tool: string;
  readonly input: unknown;
  /** Slug. */
  readonly project: string | undefined;
}

/** Within single quotes a shell leaves everything as it is, but for the quote itself. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bodyOf = ({ input, project }: Pick<CodedCall, "input" | "project">) => ({
  input,
  ...(project !== undefined && { project }),
});

/** The call as a command for a POSIX shell. The API key comes from the environment. */
export const curlOf = (call: CodedCall): string => {
  const parts = [call.org, "tools", call.plugin, call.tool].map(encodeURIComponent);
  const address = `${call.url}/api/orgs/${parts.join("/")}`;
  const { input, files } = splitFiles(call.input);
  const content =
    files.length === 0
      ? [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(bodyOf(call)))}`]
      : formParts(input, call.project, files);
  return [`curl ${quoted(address)}`, `-H "Authorization: Bearer $PATCHBAY_API_KEY"`, ...content].join(
    " \\\n  ",
  );
};

/** As form parts, the files from where the command is run; the answer with its files as it comes. */
const formParts = (input: unknown, project: string | undefined, files: readonly CallFile[]): string[] => [
  "-H 'Accept: multipart/form-data'",
  `--form-string ${quoted(`input=${JSON.stringify(input)}`)}`,
  ...(project === undefined ? [] : [`--form-string ${quoted(`project=${project}`)}`]),
  ...(files.length === 1
    ? []
    : [`--form-string ${quoted(`parts=${JSON.stringify(files.map(({ path }) => ({ path })))}`)}`]),
  ...files.map(({ path, name }) => `-F ${quoted(`/${path}=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)}`),
];

/** The call through the API client. The API key comes from the environment. */
export const typeScriptOf = (call: CodedCall): string => {
  const options = [
    `  url: ${JSON.stringify(call.url)},`,
    `  apiKey: process.env.PATCHBAY_API_KEY ?? "",`,
    `  organization: ${JSON.stringify(call.org)},`,
  ];
  const { input, files } = splitFiles(call.input);
  const names = [call.plugin, call.tool].map((name) => JSON.stringify(name)).join(", ");
  return [
    ...(files.length === 0 ? [] : [`import { openAsBlob } from "node:fs";`]),
    `import { PatchbayClient } from "@patchbay/api-client";`,
    "",
    "const client = new PatchbayClient({",
    ...options,
    "});",
    ...(files.length === 0
      ? [`const output = await client.tools.call(${names}, ${JSON.stringify(bodyOf(call), null, 2)});`]
      : filesCall(names, bodyOf({ input, project: call.project }), files)),
    "",
  ].join("\n");
};

const filesCall = (names: string, body: object, files: readonly CallFile[]): string[] => [
  `const { output, files } = await client.tools.callWithFiles(${names}, {`,
  `  ...${JSON.stringify(body)},`,
  "  files: [",
  ...files.map(({ path, name }) => {
    const [field, file] = [path, name].map((text) => JSON.stringify(text));
    return `    { path: ${field}, name: ${file}, content: await openAsBlob(${file}) },`;
  }),
  "  ],",
  "});",
];
