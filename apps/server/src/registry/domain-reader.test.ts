import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEgress } from "@patchbay/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createDomainReader } from "./domain-reader.ts";

const TXT = 16;
const NAME_ERROR = 3;
const HEADER_BYTES = 12;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A name server that knows these TXT records, each of one or more parts. */
const startNameServer = async (records: Readonly<Record<string, readonly string[]>>): Promise<string> => {
  const socket: Socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => socket.send(answerTo(query, records), port, address));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  closers.push(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
};

const answerTo = (query: Buffer, records: Readonly<Record<string, readonly string[]>>): Buffer => {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += length + 1;
  }
  const parts = records[labels.join(".")];
  const question = query.subarray(HEADER_BYTES, at + 5);
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(parts === undefined ? 0x8180 + NAME_ERROR : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(parts === undefined ? 0 : 1, 6);
  if (parts === undefined) return Buffer.concat([header, question]);
  const data = Buffer.concat(
    parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])),
  );
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(TXT, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, question, record, data]);
};

const egressOf = (allowPrivate: readonly string[]) => {
  const egress = createEgress({ allowPrivate });
  closers.push(() => egress.close());
  return egress;
};

describe("a domain's TXT records", () => {
  it("are read whole, and are none where there are none", async () => {
    const server = await startNameServer({ "_patchbay.acme.example": ["patchbay-publisher=", "acme:x"] });
    const reader = createDomainReader(egressOf([]), [server]);
    expect(await reader.txt("_patchbay.acme.example")).toEqual(["patchbay-publisher=acme:x"]);
    expect(await reader.txt("_patchbay.other.example")).toEqual([]);
  });
});

describe("a text on a domain's web server", () => {
  const serve = async (status: number, body: string): Promise<URL> => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { location: "/elsewhere" }).end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/x.txt`);
  };

  it("is read, unless it is too long, elsewhere or not there", async () => {
    const reader = createDomainReader(egressOf(["127.0.0.1"]));
    expect(await reader.text(await serve(200, "a line\n"))).toBe("a line\n");
    for (const [status, body] of [
      [200, "x".repeat(100_000)],
      [302, ""],
      [404, ""],
    ] as const)
      await expect(reader.text(await serve(status, body))).rejects.toMatchObject({ code: "proof_failed" });
  });

  it("is not looked for at private addresses", async () => {
    const url = await serve(200, "a line");
    await expect(createDomainReader(egressOf([])).text(url)).rejects.toMatchObject({ code: "proof_failed" });
  });
});
