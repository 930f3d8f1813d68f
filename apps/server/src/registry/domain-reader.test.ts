import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEgress } from "@patchbay/egress";
import { afterEach, describe, expect, it } from "vitest";
import { createDomainReader } from "./domain-reader.ts";
import { startNameServer } from "./testing/name-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const egressOf = (allowPrivate: readonly string[]) => {
  const egress = createEgress({ allowPrivate });
  closers.push(() => egress.close());
  return egress;
};

describe("a domain's TXT records", () => {
  it("are read whole, and are none where there are none", async () => {
    const { address, names, stop } = await startNameServer();
    closers.push(stop);
    names.set("_patchbay.acme.example", { txt: [["patchbay-publisher=", "acme:x"], ["other"]] });
    names.set("_patchbay.empty.example", {});
    const reader = createDomainReader(egressOf([]), [address]);
    expect(await reader.txt("_patchbay.acme.example")).toEqual(["patchbay-publisher=acme:x", "other"]);
    expect(await reader.txt("_patchbay.empty.example")).toEqual([]);
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
    for (const [status, body, reason] of [
      [200, "x".repeat(100_000), "it is longer than 64 KiB."],
      [302, "", "it redirects, and redirects are not followed."],
      [404, "", "the answer was 404."],
      [404, "x".repeat(100_000), "the answer was 404."],
    ] as const) {
      const url = await serve(status, body);
      const message = `${url.href} cannot be read: ${reason}`;
      await expect(reader.text(url)).rejects.toMatchObject({ code: "proof_failed", message });
    }
  });

  it("is not looked for at private addresses", async () => {
    const url = await serve(200, "a line");
    await expect(createDomainReader(egressOf([])).text(url)).rejects.toMatchObject({ code: "proof_failed" });
  });
});
