import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { hasOpenssl, makeCertificate } from "./support/certificate.ts";
import { COMMAND, runCli } from "./support/cli.ts";
import { temporaryFolder } from "./support/server.ts";

const run = async (...args: string[]) =>
  await runCli(args, {
    environment: { PATCHBAY_API_KEY: "pb_of-nobody", PATCHBAY_URL: "http://127.0.0.1:1" },
  });

describe("the command line, used wrongly", () => {
  it("ends with 2 and says what is missing or not among the choices", async () => {
    expect(await run("plugin", "info")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'plugin'"),
    });
    expect(await run("plugin", "search", "--limit", "0")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("from 1 to 200"),
    });
    expect(await run("plugin", "install", "acme.weather@")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Name the version"),
    });
    expect(await run("plugin", "list", "--org")).toMatchObject({ code: 2 });
  });

  it("says so as JSON where that is wanted", async () => {
    for (const args of [
      ["info"],
      ["nonsense"],
      ["search", "--badge", "gold"],
      ["update", "acme.weather", "--package", "none.zip"],
    ]) {
      const { code, stdout, stderr } = await run("plugin", ...args, "--json");
      expect([code, stdout, JSON.parse(stderr)], args.join(" ")).toMatchObject([
        2,
        "",
        { code: "invalid_request" },
      ]);
    }
  });

  it("names an address that is none", async () => {
    const mirror = await run("registry", "mirror", "--from", "nope", "--output", "/tmp");
    expect([mirror.code, mirror.stderr]).toEqual([2, expect.stringContaining('"nope" is not an address')]);
    const login = await run("login", "--url", "nope", "--key", "pb_of-nobody");
    expect([login.code, login.stderr]).toEqual([2, expect.stringContaining('"nope" is not an address')]);
  });

  it("says which file it is about, and where no server answers", async () => {
    const verified = await run("plugin", "verify", "/nonexistent/one.zip");
    expect([verified.code, verified.stderr]).toEqual([
      1,
      "/nonexistent/one.zip: there is no such file or folder.\n",
    ]);
    const list = await run("plugin", "list", "--json");
    expect([list.code, JSON.parse(list.stderr).code]).toEqual([1, "unavailable"]);
  });
});

describe("the command line, before a server that is none", () => {
  const ask = async (url: string, key = "pb_of-nobody", ...args: string[]) =>
    await runCli(args.length > 0 ? args : ["plugin", "list"], {
      environment: { PATCHBAY_API_KEY: key, PATCHBAY_URL: url },
    });

  it.skipIf(!hasOpenssl)("says that a certificate is not trusted, and what to do", async () => {
    const folder = await temporaryFolder();
    const files = await makeCertificate(folder.path, ["DNS:localhost"]);
    const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.privateKey)]);
    await folder.remove();
    const server = createTlsServer({ cert, key }, (_request, response) => response.end("{}"));
    const url = await listening(server);
    const { code, stderr } = await ask(url.replace("http:", "https:"));
    await closed(server);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/certificate of https.* is not trusted.*NODE_EXTRA_CA_CERTS/),
    ]);
  });

  it("says that an address speaks no TLS", async () => {
    const server = createServer((_request, response) => response.end("{}"));
    const url = await listening(server);
    const { stderr } = await ask(url.replace("http:", "https:"));
    await closed(server);
    expect(stderr).toMatch(/does not speak TLS as it should/);
  });

  it("says that a page is not what it asked for", async () => {
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<html>Sign in to the proxy</html>");
    });
    const url = await listening(server);
    const { stderr } = await ask(url);
    await closed(server);
    expect(stderr).toMatch(/answered 200 with text\/html instead of JSON/);
  });

  it.each([
    ["", /holds an empty API key/],
    ["pb_ключ", /characters that no key has/],
  ])("says what is wrong with the key %j", async (key, words) => {
    expect(await ask("http://127.0.0.1:1", key)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(words),
    });
  });

  it.each([
    "https://github.com/acme/hello",
    "github.com/acme/hello",
    "https://github.com/acme/hello.git",
    "acme/hello",
    "acme/hello@latest",
  ])("takes %s for a repository, whose release has to be named", async (source) => {
    const { code, stderr } = await ask("http://127.0.0.1:1", undefined, "plugin", "install", source, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining("acme/hello@1.0.0")]);
  });

  it("takes --version of an update for the version that is wanted", async () => {
    const args = ["plugin", "update", "acme.pre", "--version", "2.0.0"];
    expect(await ask("http://127.0.0.1:1", undefined, ...args)).toMatchObject({ code: 1, stdout: "" });
    expect((await ask("http://127.0.0.1:1", undefined, "--version")).stdout).toBe("1.0.0\n");
  });

  it("ends without a word when nobody reads on", () => {
    const { stderr } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${COMMAND}" plugin update --help | true`],
      {
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
  });
});

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
};

const closed = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};
