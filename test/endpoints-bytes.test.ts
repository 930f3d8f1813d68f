import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { installEndpointPlugin, makeAddress } from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const MIB = 1024 * 1024;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
  await installEndpointPlugin(api);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** So many bytes in pieces, none of which is as another. */
const streamOf = (bytes: number, hash = createHash("sha256")) => {
  let left = bytes;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = new Uint8Array(Math.min(left, 64 * 1024)).fill(left % 251);
      left -= chunk.length;
      hash.update(chunk);
      if (chunk.length > 0) controller.enqueue(chunk);
      if (left === 0) controller.close();
    },
  });
  return { stream, hash };
};
const send = (url: string, body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers, duplex: "half" } as RequestInit);
const codeOf = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

describe("Bytes of a request", () => {
  it("go through the plugin and back while both are on their way", { timeout: 60_000 }, async () => {
    const { url } = await makeAddress(api, "echo", { maxBodyBytes: 100 * MIB });
    const { stream, hash } = streamOf(40 * MIB);
    const answer = await send(`${url}/`, stream);
    const back = createHash("sha256");
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      back.update(chunk);
    }
    expect(bytes).toBe(40 * MIB);
    expect(back.digest("hex")).toBe(hash.digest("hex"));
  });

  it("are counted, and are no more than the address takes", async () => {
    const { url, id } = await makeAddress(api, "sink", { maxBodyBytes: MIB });
    expect(await (await send(url, streamOf(MIB).stream)).json()).toEqual({ bytes: MIB });
    expect(await codeOf(send(url, streamOf(MIB + 1).stream))).toEqual([413, "payload_too_large"]);
    expect(await codeOf(send(url, new Uint8Array(MIB + 1)))).toEqual([413, "payload_too_large"]);
    const requests = async () =>
      (await api.get(`/api/orgs/default/endpoints/${id}/requests`)).body.items.map(
        (one: { status: number }) => one.status,
      );
    await expect.poll(requests).toEqual([413, 413, 200]);
  });

  it("need not be read by the plugin", async () => {
    const { url } = await makeAddress(api, "small", { maxBodyBytes: 50 * MIB });
    const answer = await send(url, new Uint8Array(20 * MIB));
    expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
    const form = new FormData();
    form.set("file", new Blob(["x"]), "x.txt");
    expect(await (await send(url, form)).text()).toBe("ok");
    expect(await (await send(url, "{", { "content-type": "application/json" })).text()).toBe("ok");
  });
});

describe("An answer that goes on", () => {
  it("ends with its address", async () => {
    const { url, id } = await makeAddress(api, "ticking");
    const answer = await fetch(url);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("tick ");
    expect((await api.delete(`/api/orgs/default/endpoints/${id}`)).status).toBe(204);
    const readOn = async () => {
      while (!(await reader.read()).done);
    };
    await expect(readOn()).rejects.toThrow();
  });
});

describe("Bytes of an answer", () => {
  it("come as they are read, and end when nobody reads them", async () => {
    const { url, id } = await makeAddress(api, "source");
    const answer = await fetch(`${url}?bytes=${30 * MIB}`);
    expect((await answer.bytes()).length).toBe(30 * MIB);
    const leaving = new AbortController();
    const left = await fetch(`${url}?bytes=${90 * MIB}`, { signal: leaving.signal });
    await left.body?.getReader().read();
    leaving.abort();
    const requests = async () =>
      (await api.get(`/api/orgs/default/endpoints/${id}/requests`)).body.items.map(
        ({ code }: { code?: string }) => code,
      );
    await expect.poll(requests).toEqual(["cancelled", undefined]);
  });
});
