import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/** An HTTP server before another one, which passes all on as it is, and remembers what was asked. */
export interface Relay {
  readonly url: string;
  /** The address of that other one. */
  target: string;
  readonly requests: readonly { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  /** Sends whoever is redirected to another address instead; null: to the one that they were given. */
  divert: ((address: URL) => URL | Promise<URL>) | null;
  stop(): Promise<void>;
}

export const startRelay = async (target: string): Promise<Relay> => {
  const requests: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((asked, answer) => {
    requests.push({ url: asked.url ?? "", headers: asked.headers });
    passOn(asked, answer, relay).catch(() => answer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    target,
    divert: null,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
};

/** The headers stay as they are, `host` too: signatures cover it. */
const passOn = async (
  asked: IncomingMessage,
  answer: ServerResponse,
  { target, divert }: Relay,
): Promise<void> => {
  const { method = "GET", headers, url = "/" } = asked;
  const onward = request(new URL(url, target), { method, headers, agent: false });
  const [[answered]] = (await Promise.all([once(onward, "response"), pipeline(asked, onward)])) as [
    [IncomingMessage],
    unknown,
  ];
  const { location } = answered.headers;
  const diverted = location !== undefined && divert !== null ? await divert(new URL(location)) : location;
  answer.writeHead(answered.statusCode ?? 502, {
    ...answered.headers,
    ...(diverted !== undefined && { location: String(diverted) }),
  });
  await pipeline(answered, answer);
};
