import { describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";

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
