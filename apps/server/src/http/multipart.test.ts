import { once } from "node:events";
import { Agent, request } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import multipart from "@fastify/multipart";
import { PatchbayError } from "@patchbay/protocol";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiveFile } from "./multipart.ts";
import { registerProblems } from "./problems.ts";
import { Site } from "./site.ts";

const MIB = 1024 * 1024;

let app: FastifyInstance;
let port: number;
/** One connection for all requests, as a browser or a client's pool keeps it. */
const connection = new Agent({ keepAlive: true, maxSockets: 1 });

/** Reads a first piece of the file and refuses the rest. */
const refuseEarly = async (file: Readable): Promise<never> => {
  await once(file, "readable");
  file.destroy();
  throw new PatchbayError("bundle_invalid", "The file is none.");
};

beforeAll(async () => {
  app = Fastify();
  registerProblems(app as never, new Site(null));
  await app.register(multipart);
  app.post("/early", async (request) =>
    receiveFile(request, { field: "package", maxBytes: 50 * MIB }, refuseEarly),
  );
  app.get("/alive", () => "yes");
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as { port: number }).port;
});
afterAll(async () => {
  connection.destroy();
  await app.close();
});

const send = async (method: string, path: string, body?: FormData) => {
  const encoded = body && new Response(body);
  const bytes = encoded && Buffer.from(await encoded.arrayBuffer());
  const headers = encoded && {
    "content-type": encoded.headers.get("content-type") ?? "",
    "content-length": bytes?.length,
  };
  const sent = request({ port, method, path, agent: connection, headers });
  sent.end(bytes);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, text: await text(response) };
};
const formWith = (field: string, bytes: number): FormData => {
  const form = new FormData();
  form.append(field, new Blob([Buffer.alloc(bytes, 1)]), "file.bin");
  return form;
};

describe("a file that is refused before all of it was read", () => {
  it.each([64 * 1024, MIB, 8 * MIB])(
    "leaves the connection fit for the next request (%i bytes)",
    async (bytes) => {
      for (const field of ["package", "other"]) {
        const refused = await send("POST", "/early", formWith(field, bytes));
        expect(JSON.parse(refused.text).code).toBe(
          field === "package" ? "bundle_invalid" : "invalid_request",
        );
        expect(await send("GET", "/alive")).toMatchObject({ status: 200, text: "yes" });
      }
    },
  );
});
