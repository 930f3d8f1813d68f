import {
  ACCEPT_FILES,
  type CallFile,
  formOfCall,
  type PatchbayClient,
  readFilesAnswer,
} from "@patchbay/api-client";
import {
  atPointer,
  BYTES_TYPE,
  escapePointer,
  isJsonObject,
  mayHoldFiles,
  type ToolDto,
  tokensOf,
} from "@patchbay/protocol";
import { sendForm, type UploadProgress } from "../../api/send-form.ts";

/** Whether a tool takes files or answers with them. */
export const hasFiles = ({ input, output }: ToolDto): boolean => mayHoldFiles(input) || mayHoldFiles(output);

/** What was entered as JSON, with null in the places of files, and the files. */
export const splitFiles = (value: unknown): { input: unknown; files: CallFile[] } => {
  const files: CallFile[] = [];
  const walk = (current: unknown, path: string): unknown => {
    if (current instanceof File) {
      files.push({ path, content: current, name: current.name });
      return null;
    }
    const at = (name: string | number) =>
      path === "" ? escapePointer(String(name)) : `${path}/${escapePointer(String(name))}`;
    if (Array.isArray(current)) return current.map((member, index) => walk(member, at(index)));
    if (!isJsonObject(current)) return current;
    return Object.fromEntries(
      Object.entries(current).map(([name, member]) => [name, walk(member, at(name))]),
    );
  };
  return { input: walk(value, ""), files };
};

/** A file of an answer, which can be saved. */
export interface AnswerFile {
  /** The path of its field; "" for an answer that is a file itself. */
  readonly path: string;
  readonly name: string;
  /** The media type that the plugin says. */
  readonly type: string;
  readonly content: Blob;
}

/** An answer to look at: the names of its files in their places. */
export const withNames = (output: unknown, files: readonly AnswerFile[]): unknown =>
  files.reduce<unknown>((shown, { path, name }) => {
    const last = tokensOf(path === "" ? "" : `/${path}`).at(-1);
    if (last === undefined) return name;
    const parent = atPointer(shown, path.includes("/") ? `/${path.slice(0, path.lastIndexOf("/"))}` : "");
    if (typeof parent === "object" && parent !== null && Object.hasOwn(parent, last))
      (parent as Record<string, unknown>)[last] = name;
    return shown;
  }, structuredClone(output));

export interface CallWithFiles {
  readonly plugin: string;
  readonly tool: string;
  readonly input: unknown;
  readonly files: readonly CallFile[];
  readonly project: string | undefined;
}

/** Calls a tool with files in both directions. Throws what `sendForm` throws. */
export const callWithFiles = async (
  client: PatchbayClient,
  { plugin, tool, input, files, project }: CallWithFiles,
  options: { readonly onProgress: (progress: UploadProgress) => void; readonly signal: AbortSignal },
): Promise<{ output: unknown; files: AnswerFile[] }> => {
  const form = formOfCall({ input, files, ...(project !== undefined && { project }) });
  const response = await sendForm(client.tools.address(plugin, tool), form, {
    ...options,
    accept: ACCEPT_FILES,
  });
  const answer = await readFilesAnswer(response);
  const found: AnswerFile[] = [];
  for await (const { name: path, fileName = path, type, bytes } of answer.files) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    // Mere bytes, whatever the plugin says: nothing that opens this shows it as a page.
    const content = new Blob(chunks, { type: BYTES_TYPE });
    found.push({ path: path === "/" ? "" : path, name: fileName, type, content });
  }
  return { output: answer.output, files: found };
};

/** Saves it where the browser saves files. */
export const saveFile = ({ content, name }: AnswerFile): void => {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
