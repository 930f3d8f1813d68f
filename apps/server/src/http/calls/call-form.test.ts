import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import multipart from "@fastify/multipart";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BODY_TIMEOUT_MS } from "../limits.ts";
import { skipRest } from "../multipart.ts";
import { registerProblems } from "../problems.ts";
import { Site } from "../site.ts";
import { readCallForm } from "./call-form.ts";

const MAX_FILE_BYTES = 1024 * 1024;

let app: FastifyInstance;
/** The calls that began: of each the places of its files. */
let begun: (readonly string[])[];

beforeEach(async () => {
  begun = [];
  app = Fastify();
  registerProblems(app as never, new Site(null));
  await app.register(multipart);
  app.post("/", async (request) => {
    try {
      const { files } = await readCallForm(request, MAX_FILE_BYTES);
      begun.push(files?.heads.map(({ pointer }) => pointer) ?? []);
      let bytes = 0;
      for await (const piece of files?.pieces ?? []) bytes += piece.bytes.length;
      return { bytes };
    } catch (error) {
      skipRest(request);
      throw error;
    }
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(async () => {
  vi.useRealTimers();
  app.server.closeAllConnections();
  await app.close();
});

const port = () => (app.server.address() as AddressInfo).port;

const send = async (...entries: readonly [name: string, content: string | Blob][]) => {
  const body = new FormData();
  for (const [name, content] of entries)
    if (typeof content === "string") body.append(name, content);
    else body.append(name, content, "a.txt");
  const response = await fetch(`http://127.0.0.1:${port()}/`, { method: "POST", body });
  return (await response.json()) as unknown;
};
const partsOf = (...paths: string[]): [string, string] => [
  "parts",
  JSON.stringify(paths.map((path) => ({ path }))),
];
const file = new Blob(["hello"]);

describe("a form whose first file is not what it announces", () => {
  it.each([
    ["none", [], '"file" was not announced'],
    ["another one", ["other"], '"file" came where "other" was announced'],
    ["another one first", ["other", "file"], '"file" came where "other" was announced'],
  ])("is refused before the call begins: %s", async (_, announced, says) => {
    expect(await send(["input", "{}"], partsOf(...announced), ["file", file])).toMatchObject({
      code: "invalid_request",
      detail: expect.stringContaining(says),
    });
    expect(begun).toEqual([]);
  });

  it("is refused as soon as it shows where a later file is not", async () => {
    const sent = await send(["input", "{}"], partsOf("file", "other"), ["file", file], ["file", file]);
    expect(sent).toMatchObject({ code: "invalid_request" });
    expect(begun).toEqual([["/file", "/other"]]);
    expect(await send(["input", "{}"], partsOf("file", "other"), ["file", file], ["other", file])).toEqual({
      bytes: 10,
    });
  });
});

describe("a form that does not go on", () => {
  const part = (name: string, content: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a"\r\n\r\n${content}`;
  const stalls = {
    "before its first part": "",
    "within a part that is no file": part("input", "{"),
    "between two parts": `${part("input", "{}")}\r\n--b\r\ncontent-disp`,
    "within a file": `${part("input", "{}")}\r\n${part("file", "hel")}`,
    "between a file and the next part": `${part("input", "{}")}\r\n${part("file", "hello")}\r\n--b\r\ncontent-disp`,
  };

  const begin = async (sent: string): Promise<{ readonly socket: Socket; readonly answer: () => string }> => {
    const socket = connect(port(), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("error", () => undefined);
    const arrived = once(app.server, "request");
    socket.write(
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n\r\n" +
        sent,
    );
    await arrived;
    return { socket, answer: () => answer };
  };

  it.each(Object.entries(stalls))("is given up: %s", async (_, sent) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket, answer } = await begin(sent);
    await expect
      .poll(async () => {
        await vi.advanceTimersByTimeAsync(BODY_TIMEOUT_MS / 4);
        return answer();
      })
      .toContain("request_timeout");
    expect(answer()).toContain(`${BODY_TIMEOUT_MS / 1_000} seconds`);
    socket.destroy();
  });
});
