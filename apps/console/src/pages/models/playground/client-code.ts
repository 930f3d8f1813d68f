import { quoted } from "../../../components/try-tool/tool-code.ts";
import type { QuestionBody } from "./question.ts";

/** A question, as somebody would ask it from elsewhere. */
export interface CodedQuestion {
  /** Of the server. */
  readonly url: string;
  readonly body: QuestionBody;
  readonly stream: boolean;
  /** Slug. */
  readonly project: string | undefined;
}

export const CLIENTS = ["curl", "openai", "ai"] as const;
export type CodeClient = (typeof CLIENTS)[number];

/** The question in the words of a client. The API key, which also says for which organization, comes from the environment. */
export const codeOf = (client: CodeClient, question: CodedQuestion): string => {
  switch (client) {
    case "curl":
      return curlOf(question);
    case "openai":
      return openAiOf(question);
    case "ai":
      return aiOf(question);
    default:
      return client satisfies never;
  }
};

const PROJECT_HEADER = "patchbay-project";

const curlOf = ({ url, body, stream, project }: CodedQuestion): string =>
  [
    `curl${stream ? " -N" : ""} ${quoted(`${url}/v1/chat/completions`)}`,
    `-H "Authorization: Bearer $PATCHBAY_API_KEY"`,
    "-H 'Content-Type: application/json'",
    ...(project === undefined ? [] : [`-H ${quoted(`${PROJECT_HEADER}: ${project}`)}`]),
    `-d ${quoted(JSON.stringify({ ...body, ...(stream && { stream }) }))}`,
  ].join(" \\\n  ");

const written = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);

/** The members of an object, a line each. */
const members = (value: object, indent: string): string[] =>
  Object.entries(value).map(([name, member]) => `${indent}${name}: ${written(member, indent)},`);

const imported = (names: string, from: string): string => `import ${names} from ${JSON.stringify(from)};`;

const headersOf = (name: string, project: string | undefined): string[] =>
  project === undefined ? [] : [`  ${name}: { "${PROJECT_HEADER}": ${JSON.stringify(project)} },`];

const openAiOf = ({ url, body, stream, project }: CodedQuestion): string =>
  [
    imported("OpenAI", "openai"),
    "",
    "const client = new OpenAI({",
    `  baseURL: ${JSON.stringify(`${url}/v1`)},`,
    "  apiKey: process.env.PATCHBAY_API_KEY,",
    ...headersOf("defaultHeaders", project),
    "});",
    `const ${stream ? "stream" : "answer"} = await client.chat.completions.create({`,
    ...members({ ...body, ...(stream && { stream }) }, "  "),
    "});",
    ...(stream
      ? ['for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? "");']
      : ["console.log(answer.choices[0]?.message.content);"]),
    "",
  ].join("\n");

const aiOf = ({ url, body, stream, project }: CodedQuestion): string => {
  const { model, messages, temperature, max_completion_tokens: maxOutputTokens, response_format } = body;
  const ask = stream ? "streamText" : "generateText";
  const names = response_format === undefined ? [ask] : [ask, "jsonSchema", "Output"];
  const [first] = messages;
  const instructions = first?.role === "system" ? first.content : undefined;
  const options = {
    ...(instructions !== undefined && { instructions }),
    messages: instructions === undefined ? messages : messages.slice(1),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
  const schema = response_format?.json_schema.schema;
  return [
    imported("{ createOpenAI }", "@ai-sdk/openai"),
    imported(`{ ${names.join(", ")} }`, "ai"),
    "",
    "const patchbay = createOpenAI({",
    `  baseURL: ${JSON.stringify(`${url}/v1`)},`,
    "  apiKey: process.env.PATCHBAY_API_KEY,",
    ...headersOf("headers", project),
    "});",
    `const answer = ${stream ? "" : "await "}${ask}({`,
    `  model: patchbay.chat(${JSON.stringify(model)}),`,
    ...members(options, "  "),
    ...(schema === undefined
      ? []
      : [`  output: Output.object({ schema: jsonSchema(${written(schema, "  ")}) }),`]),
    "});",
    stream
      ? "for await (const text of answer.textStream) process.stdout.write(text);"
      : "console.log(answer.text);",
    "",
  ].join("\n");
};
