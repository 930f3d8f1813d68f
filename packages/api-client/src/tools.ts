import type { ToolDto } from "@patchbay/protocol";
import type { ServerEvent } from "./events.ts";
import { noPatchbay } from "./failure.ts";
import { type ReadPart, readForm } from "./form-reader.ts";
import type { Transport } from "./transport.ts";

export interface ToolCall {
  readonly input?: unknown;
  /** The project that the call is for. */
  readonly project?: string;
}

/** A file that goes with a call. */
export interface CallFile {
  /** The path of its field in the input: `document`, `pages/0`. */
  readonly path: string;
  readonly content: Blob;
  readonly name: string;
}

export interface FilesCall extends ToolCall {
  readonly files: readonly CallFile[];
}

export interface FilesAnswer {
  /** The tool's output, with null in the places of files. */
  readonly output: unknown;
  /** The files as they come, by the path of their field; by `/` when the output is a file itself. Each is to be read before the next one. */
  readonly files: AsyncIterable<ReadPart>;
}

/** What accepts an answer with files beside it. */
export const ACCEPT_FILES = "multipart/form-data, application/json";

/** The form of a call, as the server reads it. */
export const formOfCall = ({ input = {}, project, files }: FilesCall): FormData => {
  const form = new FormData();
  form.append("input", JSON.stringify(input));
  if (project !== undefined) form.append("project", project);
  const parts = files.map(({ path, content: { size, type }, name }) => ({
    path,
    name,
    size,
    ...(type !== "" && { type }),
  }));
  form.append("parts", JSON.stringify(parts));
  // The slash before it tells the file of a field `input` from the input.
  for (const { path, content, name } of files) form.append(`/${path}`, content, name);
  return form;
};

const noFiles = async function* (): AsyncGenerator<ReadPart> {
  // An answer as JSON has none.
};

/** The slash before it tells the file of a field `output` from the output. */
const byField = async function* (parts: AsyncIterable<ReadPart>): AsyncGenerator<ReadPart> {
  for await (const part of parts) yield part.name === "/output" ? { ...part, name: "output" } : part;
};

/** What an answer to `ACCEPT_FILES` holds. */
export const readFilesAnswer = async (response: Response): Promise<FilesAnswer> => {
  if (!response.headers.get("content-type")?.startsWith("multipart/form-data")) {
    const { output } = (await response.json().catch(() => {
      throw noPatchbay(response);
    })) as { output: unknown };
    return { output, files: noFiles() };
  }
  const parts = readForm(response);
  const first = await parts.next();
  if (first.done === true || first.value.name !== "output") throw noPatchbay(response);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of first.value.bytes) chunks.push(chunk);
  return { output: JSON.parse(await new Blob(chunks).text()), files: byField(parts) };
};

/** Everything callable. */
export class ToolsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The tools of enabled plugins; those that apply to a project when one is named. */
  list(project?: string): Promise<ToolDto[]> {
    return this.#transport.items(`${this.#transport.organization}/tools`, { project });
  }

  /** The tool's output; aborting `signal` cancels the call in the plugin. */
  async call(plugin: string, tool: string, body: ToolCall, signal?: AbortSignal): Promise<unknown> {
    const parts = { body, ...(signal && { signal }) };
    return (await this.#transport.json<{ output: unknown }>("POST", this.#tool(plugin, tool), parts)).output;
  }

  /** The same with every value as an event `output` as soon as it is there; the last event is `done`. */
  stream(plugin: string, tool: string, body: ToolCall, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
    return this.#transport.events("POST", this.#tool(plugin, tool), { body, ...(signal && { signal }) });
  }

  /** The same with files in both directions. `onSent` hears how many bytes have left so far; only for Node. */
  async callWithFiles(
    plugin: string,
    tool: string,
    call: FilesCall,
    options: { readonly signal?: AbortSignal; readonly onSent?: (bytes: number) => void } = {},
  ): Promise<FilesAnswer> {
    const { files, ...body } = call;
    const parts = {
      ...options,
      body: files.length === 0 ? body : formOfCall(call),
      headers: { accept: ACCEPT_FILES },
    };
    return await readFilesAnswer(await this.#transport.send("POST", this.#tool(plugin, tool), parts));
  }

  /** Where a call is posted to. */
  address(plugin: string, tool: string): string {
    return this.#transport.url(this.#tool(plugin, tool)).href;
  }

  #tool(plugin: string, tool: string): string {
    return `${this.#transport.organization}/tools/${encodeURIComponent(plugin)}/${encodeURIComponent(tool)}`;
  }
}
