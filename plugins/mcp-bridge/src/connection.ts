import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  Client,
  type ClientCapabilities,
  type InputRequiredResult,
  isInputRequiredResult,
  ProtocolError,
  StreamableHTTPClientTransport,
  type Tool,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { PluginError } from "@patchbay/sdk";
import type { Bridged, BridgedTool } from "./bridged.ts";

const CLIENT = { name: "patchbay", version: "1.0.0" };
/** Pages of a list of tools: a server may hand out the same one again and again. */
const MAX_PAGES = 50;
/** Asking for what a server has; a call of a tool has the time that its caller has. */
const ASK_MS = 30_000;
/** How often one call of a tool asks back. */
const MAX_ROUNDS = 8;
/** The call's own deadline ends it. */
const CALL_MS = 3_600_000;

/** Whoever waits for a call, and what they can be asked. */
interface Asking {
  readonly signal: AbortSignal;
  readonly onprogress: (told: Progress) => void;
  /** As the protocol has them: a server asks for nothing else. */
  readonly capabilities: ClientCapabilities;
  readonly answers: (
    requests: NonNullable<InputRequiredResult["inputRequests"]>,
  ) => Promise<Retry["inputResponses"] & object>;
}

/** What a call that was asked back is made again with. */
interface Retry {
  readonly inputResponses?: Readonly<Record<string, unknown>>;
  readonly requestState?: string;
}

/** What is said of a tool by the server, whatever it is. */
export type ToldTool = Readonly<Record<string, unknown>>;

/** Answers are held against nothing here: Patchbay checks what leaves the sandbox. */
const UNCHECKED = {
  getValidator: () => (value: unknown) => ({
    valid: true as const,
    data: value as never,
    errorMessage: undefined,
  }),
};

interface Open {
  /** Another one is somebody else to the server. */
  readonly key: string;
  readonly client: Promise<Client>;
  readonly transport: StreamableHTTPClientTransport;
  /** Calls that it has under way. */
  calls: number;
}

/** One server, of either era, in whatever way it wants to be asked. The connection is made when it is needed, and anew once it fails. */
export class Connection {
  readonly #bridged: Bridged;
  /** The one for calls to come. */
  #open: Open | null = null;

  constructor(bridged: Bridged) {
    this.#bridged = bridged;
  }

  /** The tools that the server has now. Throws `plugin_error` in words that say what failed. */
  async definitions(key: string, signal: AbortSignal): Promise<{ readonly tools: readonly ToldTool[] }> {
    return await this.#asked(key, signal, async (client) => {
      const tools: ToldTool[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await client.listTools(cursor === undefined ? {} : { cursor }, {
          signal,
          timeout: ASK_MS,
        });
        tools.push(...(answer.tools as unknown as ToldTool[]));
        cursor = answer.nextCursor;
        if (cursor === undefined) break;
      }
      return { tools };
    });
  }

  /**
   * What a tool answers, after what it asks of whoever calls: of servers of 2026-07-28, which ask in their answer. Throws `plugin_error` in words
   * that say what failed, and what `answers` throws.
   */
  async call(
    key: string,
    tool: BridgedTool,
    input: Record<string, unknown>,
    asking: Asking,
  ): Promise<CallToolResult> {
    let retry: Retry = {};
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const result = await this.#called(key, tool, { ...retry, arguments: input }, asking);
      if (!isInputRequiredResult(result)) return result;
      const { inputRequests = {}, requestState } = result;
      const inputResponses = await asking.answers(inputRequests);
      retry = { inputResponses, ...(requestState !== undefined && { requestState }) };
    }
    throw new PluginError("plugin_error", `The tool "${tool.name}" asks more than ${MAX_ROUNDS} times.`);
  }

  async #called(
    key: string,
    { remote, input: inputSchema }: BridgedTool,
    given: Retry & { readonly arguments: Record<string, unknown> },
    { signal, onprogress, capabilities }: Asking,
  ): Promise<CallToolResult | InputRequiredResult> {
    return await this.#asked(
      key,
      signal,
      async (client) =>
        (await client.callTool(
          { name: remote, ...given, _meta: { [CLIENT_CAPABILITIES_META_KEY]: capabilities } },
          {
            allowInputRequired: true,
            // Some servers want values in headers, too, as the schema says that was approved.
            toolDefinition: { name: remote, inputSchema: inputSchema as Tool["inputSchema"] },
            signal,
            onprogress,
            timeout: CALL_MS,
            resetTimeoutOnProgress: true,
          },
        )) as CallToolResult | InputRequiredResult,
    );
  }

  /** What has failed is left to the calls that it still has, and closed after the last of them: none ends for another's fault. */
  async #asked<T>(key: string, signal: AbortSignal, ask: (client: Client) => Promise<T>): Promise<T> {
    const open = this.#opened(key);
    open.calls += 1;
    let isConnected = false;
    try {
      const client = await open.client;
      isConnected = true;
      return await ask(client);
    } catch (error) {
      const { host } = new URL(this.#bridged.url);
      // A server that refuses in words of the protocol is there, and so is one that the caller has left. After all else the next call begins
      // anew: a session may be gone with the server that knew it.
      const goesOn = isConnected && (error instanceof ProtocolError || signal.aborted);
      if (!goesOn && this.#open === open) this.#open = null;
      throw new PluginError("plugin_error", `The server at ${host} ${faultOf(error)}`, { cause: error });
    } finally {
      open.calls -= 1;
      if (this.#open !== open) void closeUnused(open);
    }
  }

  /** Ends what is open, for good: the plugin ends. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (open !== null) await closeUnused(open);
  }

  #opened(key: string): Open {
    const before = this.#open;
    if (before?.key === key) return before;
    const open = { key, ...this.#connect(key), calls: 0 };
    this.#open = open;
    if (before !== null) void closeUnused(before);
    return open;
  }

  #connect(key: string): Pick<Open, "client" | "transport"> {
    const { url, header } = this.#bridged;
    const headers = key === "" ? {} : { [header.name]: `${header.prefix}${key}` };
    const client = new Client(CLIENT, {
      inputRequired: { autoFulfill: false },
      versionNegotiation: { mode: "auto", probe: { timeoutMs: ASK_MS } },
      jsonSchemaValidator: UNCHECKED,
    });
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
    const connected = client.connect(transport, { timeout: ASK_MS }).then(() => client);
    return { client: connected, transport };
  }
}

/** Servers of the older era keep a session until they are told that it is over. */
const closeUnused = async ({ calls, client, transport }: Open): Promise<void> => {
  if (calls > 0) return;
  const closing = await client.catch(() => undefined);
  await transport.terminateSession().catch(() => undefined);
  await closing?.close().catch(() => undefined);
};

interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** What the client puts before the reason why it could not connect. */
const PROBE = /^Version negotiation probe failed: /;

/** What went wrong, going on after the server's name. */
const faultOf = (error: unknown): string => {
  const { code, status, message } = error as { code?: unknown; status?: unknown; message?: unknown };
  const told = (typeof message === "string" ? message : String(error)).replace(PROBE, "").slice(0, 500);
  const http = [status, code].find((one) => typeof one === "number" && one >= 400 && one < 600);
  if (http === 401 || http === 403 || error instanceof UnauthorizedError)
    return "refuses the key, or wants one. Set it in the settings of the plugin.";
  if (http !== undefined) return `answers with ${http}: ${told}`;
  return `does not answer as it should: ${told}`;
};
