import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";

/** A server that a hostile plugin tries to reach: whatever arrives is written down. */
export interface Witness {
  readonly url: string;
  readonly port: number;
  /** Port on which UDP is heard, as a STUN server would. */
  readonly udpPort: number;
  /** Port on which bare connections are counted. */
  readonly tcpPort: number;
  /** What arrived since the last call: addresses with their query, `udp`, `tcp`. */
  take(): string[];
  close(): Promise<void>;
}

const SCRIPT = "globalThis.reached = true; export default 1;";

export const startWitness = async (): Promise<Witness> => {
  const seen: string[] = [];
  const http = createServer((request, response) => {
    seen.push(request.url ?? "");
    const isScript = request.url?.startsWith("/script") === true;
    response.writeHead(request.url?.startsWith("/redirect") ? 302 : 200, {
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "content-type": isScript ? "text/javascript" : "text/html",
      location: "/redirected",
    });
    response.end(isScript ? SCRIPT : "<!doctype html><title>Elsewhere</title>");
  });
  http.on("upgrade", (request, socket) => {
    seen.push(request.url ?? "");
    socket.destroy();
  });
  const tcp = createTcpServer((socket) => {
    seen.push("tcp");
    socket.on("error", () => socket.destroy());
    socket.destroy();
  });
  const udp = createSocket("udp4");
  udp.on("message", () => seen.push("udp"));
  http.listen(0, "127.0.0.1");
  tcp.listen(0, "127.0.0.1");
  udp.bind(0, "127.0.0.1");
  await Promise.all([once(http, "listening"), once(tcp, "listening"), once(udp, "listening")]);
  const { port } = http.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    udpPort: udp.address().port,
    tcpPort: (tcp.address() as AddressInfo).port,
    take: () => seen.splice(0),
    close: async () => {
      udp.close();
      tcp.close();
      await closed(http);
    },
  };
};

const closed = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  server.close();
  if (server.listening) await once(server, "close");
};
