import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient } from "@patchbay/egress";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PATIENCE } from "./limits.ts";
import { readAll, transfer } from "./transfer.ts";

let server: Server;
let asked: string[];
const clients: HttpClient[] = [];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const target = new URL(request.url ?? "", "http://x").searchParams.get("to");
    if (target === null) response.end("bytes");
    else response.writeHead(302, { location: target }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await new Promise((resolve) => server.close(resolve));
});

/** Every name leads to the test's server. */
const ask = async (host: string, to: string, allowPrivate: string[] = []) => {
  const client = new HttpClient({ lookup: async () => [{ address: "127.0.0.1", family: 4 }], allowPrivate });
  clients.push(client);
  const port = (server.address() as AddressInfo).port;
  const target = encodeURIComponent(`http://${to}:${port}/inside`);
  const options = { headers: {}, elsewhere: true, patience: PATIENCE, deadlineMs: 5_000 };
  const answer = await transfer(client, `http://${host}:${port}/?to=${target}`, options);
  return (await readAll(answer, 1_000)).toString();
};

describe("a transfer that is sent on to another server", () => {
  it.each(["127.0.0.1", "inside.example"])("does not lead into the own network: %s", async (to) => {
    await expect(ask("market.example", to)).rejects.toThrow(`sent on to ${to}`);
    expect(asked).toHaveLength(1);
  });

  it("does not tell how an inside server would have answered", async () => {
    await expect(ask("market.example", "127.0.0.1")).rejects.toThrow(/which is no public address$/);
  });

  it("leads there when the operator allows it", async () => {
    expect(await ask("market.example", "inside.example", ["inside.example"])).toBe("bytes");
  });

  it("leads anywhere when the operator's own network was asked", async () => {
    expect(await ask("127.0.0.1", "inside.example")).toBe("bytes");
    expect(await ask("market.corp.example", "127.0.0.1", ["market.corp.example", "127.0.0.0/8"])).toBe(
      "bytes",
    );
  });
});
