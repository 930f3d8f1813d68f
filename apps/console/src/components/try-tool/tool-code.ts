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
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bodyOf = ({ input, project }: CodedCall) => ({ input, ...(project !== undefined && { project }) });

/** The call as a command for a POSIX shell. The API key comes from the environment. */
export const curlOf = (call: CodedCall): string => {
  const parts = [call.org, "tools", call.plugin, call.tool].map(encodeURIComponent);
  const address = `${call.url}/api/orgs/${parts.join("/")}`;
  return [
    `curl ${quoted(address)}`,
    `-H "Authorization: Bearer $PATCHBAY_API_KEY"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(bodyOf(call)))}`,
  ].join(" \\\n  ");
};

/** The call through the API client. The API key comes from the environment. */
export const typeScriptOf = (call: CodedCall): string => {
  const options = [
    `  url: ${JSON.stringify(call.url)},`,
    `  apiKey: process.env.PATCHBAY_API_KEY ?? "",`,
    `  organization: ${JSON.stringify(call.org)},`,
  ];
  const names = [call.plugin, call.tool].map((name) => JSON.stringify(name)).join(", ");
  return [
    `import { PatchbayClient } from "@patchbay/api-client";`,
    "",
    "const client = new PatchbayClient({",
    ...options,
    "});",
    `const output = await client.tools.call(${names}, ${JSON.stringify(bodyOf(call), null, 2)});`,
    "",
  ].join("\n");
};
