import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is wrong with a package's bytes; `honest`: nothing. */
export type ArtifactLie =
  | "honest"
  | "size"
  | "digest"
  | "bytes"
  | "longer"
  | "endless"
  | "cut"
  | "stalled"
  | "loop"
  | "elsewhere"
  | "broken";
/** What is wrong with its documents. */
export type DocumentLie =
  | "honest"
  | "no json"
  | "wrong shape"
  | "huge"
  | "silent"
  | "elsewhere"
  | "other plugin"
  | "no time"
  | "other manifest";

/** A registry that lies as it is told. */
export interface LyingMarketplace {
  readonly url: string;
  artifact: ArtifactLie;
  document: DocumentLie;
  /** Requests for artifacts so far. */
  readonly fetched: () => number;
  stop(): Promise<void>;
}

interface Offered {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

const AT = "2026-03-01T12:00:00Z";

export const startLyingMarketplace = async (offered: Offered): Promise<LyingMarketplace> => {
  const state = { artifact: "honest" as ArtifactLie, document: "honest" as DocumentLie, fetched: 0 };
  const server = createServer((request, response) => answer(request, response, offered, state));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/registry/v1`;
  return {
    url,
    get artifact() {
      return state.artifact;
    },
    set artifact(lie) {
      state.artifact = lie;
    },
    get document() {
      return state.document;
    },
    set document(lie) {
      state.document = lie;
    },
    fetched: () => state.fetched,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

interface State {
  readonly artifact: ArtifactLie;
  readonly document: DocumentLie;
  fetched: number;
}

const answer = (
  request: IncomingMessage,
  response: ServerResponse,
  offered: Offered,
  state: State,
): unknown => {
  const path = (request.url ?? "").replace("/registry/v1/", "");
  if (path === "registry.json") return json(response, { protocol: 1, name: "Liars", search: "server" });
  if (path.endsWith("/artifact")) {
    state.fetched += 1;
    return artifact(response, offered.bytes, state.artifact);
  }
  if (path.startsWith("packages/")) return document(response, offered, state);
  if (path.startsWith("loop")) return redirect(response, "/registry/v1/loop");
  return response.writeHead(404).end();
};

const document = (response: ServerResponse, { manifest, bytes }: Offered, state: State): unknown => {
  const size = bytes.length + (state.artifact === "size" ? 100 : 0);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const version = {
    version: manifest.version,
    digest: state.artifact === "digest" ? "0".repeat(64) : digest,
    sizeBytes: size,
    publishedAt: state.document === "no time" ? "the day before yesterday" : AT,
    hasReadme: false,
    hasChangelog: false,
    manifest: state.document === "other manifest" ? { ...manifest, name: "Something else" } : manifest,
  };
  const found = {
    plugin: state.document === "other plugin" ? "acme.other" : manifest.id,
    name: "A plugin",
    description: "Lies.",
    author: { name: "Liars" },
    category: "utility",
    keywords: [],
    badge: "community",
    publisher: "acme",
    latest: manifest.version,
    installs: 0,
    hasIcon: false,
    createdAt: AT,
    updatedAt: AT,
    versions: [version],
    addedByALaterVersion: true,
  };
  switch (state.document) {
    case "no json":
      return response.end("<html>");
    case "wrong shape":
      return json(response, { ...found, versions: [{ ...version, digest: "short" }] });
    case "huge":
      return pour(response);
    case "elsewhere":
      return redirect(response, "http://localhost:9/secrets");
    case "silent":
      return undefined;
    default:
      return json(response, found);
  }
};

const artifact = (response: ServerResponse, bytes: Buffer, lie: ArtifactLie): unknown => {
  switch (lie) {
    case "bytes":
      return response.end(Buffer.concat([bytes.subarray(0, -1), Buffer.from([~(bytes.at(-1) ?? 0) & 0xff])]));
    case "longer":
      return response.end(Buffer.concat([bytes, Buffer.from("more")]));
    case "endless":
      return pour(response);
    case "cut":
      response.writeHead(200, { "content-length": bytes.length });
      return response.write(bytes.subarray(0, 100), () => response.destroy());
    case "stalled":
      response.writeHead(200, { "content-length": bytes.length });
      return response.write(bytes.subarray(0, 100));
    case "loop":
      return redirect(response, "/registry/v1/loop");
    case "elsewhere":
      return redirect(response, "file:///etc/passwd");
    case "broken":
      return response.writeHead(500).end("oops");
    default:
      return response.end(bytes);
  }
};

const json = (response: ServerResponse, value: unknown): void => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
};

const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(302, { location }).end();
};

/** Writes until nobody listens any more. */
const pour = (response: ServerResponse): void => {
  const more = (): void => {
    while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, 32))) break;
  };
  response.on("drain", more);
  response.on("error", () => undefined);
  more();
};
