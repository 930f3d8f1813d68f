import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodePublicKey, verifyKeyEndorsement } from "@patchbay/artifact";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { makePackage } from "./support/packages.ts";
import { temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => join(folder.path, name);
const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  runCli(["plugin", ...args], { environment, cwd: folder.path });
const json = async (args: readonly string[], environment: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await run([...args, "--json"], environment);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(at("a.zip"), await makePackage({ id: "acme.a", code: "export default {};" }));
});
afterAll(() => folder.remove());

it("makes keys, signs packages with them and checks what was signed", async () => {
  const { keyId, publicKey } = await json(["keygen", "--output", "one"]);
  expect((await stat(at("one"))).mode & 0o777).toBe(0o600);
  const again = await run(["keygen", "--output", "one"]);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("exists already") });
  expect((await run(["verify", "a.zip"])).stderr).toContain("no signature");

  const epoch = { SOURCE_DATE_EPOCH: "1770000000" };
  await json(["sign", "a.zip", "--key", "one", "--output", "b.zip"], epoch);
  await json(["sign", "a.zip", "--output", "c.zip"], {
    ...epoch,
    PATCHBAY_SIGNING_KEY: await readFile(at("one"), "utf8"),
  });
  expect(await readFile(at("b.zip"))).toEqual(await readFile(at("c.zip")));
  const found = await json(["verify", "b.zip", "--public-key", "one.pub"]);
  expect(found).toMatchObject({ state: "signed", keyId, signedAt: "2026-02-02T02:40:00.000Z" });
  expect((await json(["verify", "b.zip"])).state).toBe("unproven");

  const passphrase = { PATCHBAY_SIGNING_PASSPHRASE: "sesame" };
  const two = await json(["keygen", "--output", "two"], passphrase);
  expect((await run(["sign", "a.zip", "--key", "two"])).stderr).toContain("passphrase");
  await json(["sign", "b.zip", "--key", "two"], passphrase);
  const other = await run(["verify", "b.zip", "--public-key", "one.pub"]);
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("not signed by the key") });

  const { endorsement } = await json(["endorse", "two.pub", "--publisher", "acme", "--key", "one"]);
  expect(verifyKeyEndorsement("acme", two.keyId, endorsement, decodePublicKey(publicKey))).toBe(true);
});
