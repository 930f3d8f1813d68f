import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { createEgress, type EgressOptions } from "./egress.ts";
import { echo, rules, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const get = server.get.bind(server);

beforeAll(() => server.listen());
afterEach(() => server.disconnect());
afterAll(() => server.close());

describe("an address", () => {
  const refused = (url: string, options: EgressOptions = { allowPrivate: [] }) =>
    codeOf(get(url, {}, options));

  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1./",
  ])("%s is refused", async (url) => {
    expect(await refused(url)).toBe("fetch_refused");
  });

  test.each([
    "10.0.0.5",
    "127.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
    "fe80::1",
    "169.254.169.254",
    "64:ff9b::a00:1",
  ])("%s behind a name is refused", async (address) => {
    const leads = async () => [{ address, family: address.includes(":") ? 6 : 4 }];
    expect(await refused("http://innocent.example/", { allowPrivate: [], lookup: leads })).toBe(
      "fetch_refused",
    );
  });

  test("that changes between check and connection is not followed", async () => {
    server.handler = echo;
    let lookups = 0;
    // The first answer is harmless, all later ones lead inside: whoever asked twice would be led there.
    const rebinding = async () => {
      lookups++;
      return [{ address: lookups === 1 ? "192.0.2.1" : "127.0.0.1", family: 4 }];
    };
    const options = { allowPrivate: ["192.0.2.0/24"], lookup: rebinding, deadlineMs: 700 };
    expect(await codeOf(get(`http://rebind.example:${server.port}/`, {}, options))).not.toBe("none");
    expect(lookups).toBe(1);
  });

  test("of a name that has public and private ones leads to the allowed one alone", async () => {
    server.handler = echo;
    const both = async () => [
      { address: "10.0.0.1", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    const answer = await get(
      `http://both.example:${server.port}/`,
      {},
      { allowPrivate: ["127.0.0.1"], lookup: both },
    );
    expect(answer.head.status).toBe(200);
  });

  test.each([["127.0.0.1"], ["127.0.0.0/8"], ["api.test"], ["*.test"]])("is allowed by %s", async (entry) => {
    server.handler = echo;
    expect((await get("/", {}, { allowPrivate: [entry] })).head.status).toBe(200);
  });

  test("that is not known and a server that does not answer say so", async () => {
    expect(await codeOf(get("http://unknown.example/"))).toBe("fetch_failed");
    expect(await codeOf(get("http://api.test:1/"))).toBe("fetch_failed");
    expect(() => createEgress({ allowPrivate: ["http://x"] })).toThrow(/neither/);
  });
});

describe("an origin of this machine that may be reached", () => {
  /** What a request to `url` ends with when this server's address and port alone may be reached. */
  const reached = async (url: string, options: EgressOptions = {}) => {
    server.handler = echo;
    const local = { ...rules(), local: [`http://127.0.0.1:${server.port}`] };
    try {
      return (await server.get(url, {}, { allowPrivate: [], ...options }, local)).head.status;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  test("is that address with that port and scheme", async () => {
    expect(await reached(`http://127.0.0.1:${server.port}/v1`)).toBe(200);
    expect(await reached(`http://127.0.0.1:${server.port + 1}/`)).toBe("fetch_refused");
    expect(await reached("http://127.0.0.1/")).toBe("fetch_refused");
    expect(await reached(`https://127.0.0.1:${server.port}/`)).toBe("fetch_refused");
    expect(await reached(`http://127.0.0.2:${server.port}/`)).toBe("fetch_refused");
    expect(await reached(`http://[::1]:${server.port}/`)).toBe("fetch_refused");
    expect(await reached(`http://[::ffff:127.0.0.1]:${server.port}/`)).toBe("fetch_refused");
  });

  test("is the same however its address is written, and no name that leads to it", async () => {
    expect(await reached(`http://2130706433:${server.port}/`)).toBe(200);
    const lookup = async () => [{ address: "127.0.0.1", family: 4 }];
    expect(await reached(`http://localhost:${server.port}/`, { lookup })).toBe("fetch_refused");
    expect(await reached(`http://api.test:${server.port}/`)).toBe("fetch_refused");
  });

  test("leads no redirect to another port", async () => {
    const other = createServer((_request, response) => void response.end("inside"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const local = { ...rules(), local: [`http://127.0.0.1:${server.port}`] };
    server.handler = (_request, response) =>
      void response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    const asked = server.get(`http://127.0.0.1:${server.port}/`, {}, { allowPrivate: [] }, local);
    await expect(asked).rejects.toMatchObject({ code: "fetch_refused" });
    other.close();
  });

  test("is never one of another machine", async () => {
    const local = { ...rules(), local: ["http://10.0.0.1:80", "http://10.0.0.1"] };
    const asked = server.get("http://10.0.0.1/", {}, { allowPrivate: [] }, local);
    await expect(asked).rejects.toMatchObject({ code: "fetch_refused" });
  });
});
