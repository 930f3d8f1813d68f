import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hasOpenssl, makeCertificate } from "./support/certificate.ts";
import { canRunAlone, runAlone } from "./support/network.ts";
import type { ProofsReport } from "./support/proving-publishers.ts";
import { temporaryFolder } from "./support/server.ts";

const canRun = canRunAlone();
const why = !canRun
  ? " (skipped: no network namespaces for this user)"
  : hasOpenssl
    ? ""
    : " (skipped: openssl not installed)";
const SCRIPT = new URL("./support/proving-publishers.ts", import.meta.url).pathname;
/** Counts as public, and is nobody's but ours in a network of our own. */
const ADDRESS = "11.22.33.44";
const RECORD = "_patchbay.acme.example";
const fileOf = (domain: string) => `https://${domain}/.well-known/patchbay-publisher.txt`;

/** What publishers did in a network with this name server and nothing outside. */
const reportOf = async (folder: string): Promise<ProofsReport> => {
  const names = ["acme", "zeta", "inside", "by-name", "by-address"].map((name) => `DNS:${name}.example`);
  const { certificate, privateKey } = await makeCertificate(folder, [...names, "IP:127.0.0.1"]);
  const files = {
    "/etc/resolv.conf": join(folder, "resolv"),
    "/etc/nsswitch.conf": join(folder, "nsswitch"),
  };
  await writeFile(files["/etc/resolv.conf"], "nameserver 127.0.0.1\n");
  await writeFile(files["/etc/nsswitch.conf"], "passwd: files\ngroup: files\nhosts: files dns\n");
  const environment = {
    PROOFS_FOLDER: folder,
    PROOFS_ADDRESS: ADDRESS,
    PROOFS_CERTIFICATE: certificate,
    PROOFS_PRIVATE_KEY: privateKey,
  };
  const { stdout, stderr } = await runAlone(SCRIPT, environment, { addresses: [ADDRESS], files });
  expect(stderr).toBe("");
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
};

describe.skipIf(why !== "")(`proving who a publisher is${why}`, () => {
  let report: ProofsReport;
  const step = (name: string) => report.steps[name];
  const refused = (message: string, code = "proof_failed") => ({
    code: 1,
    said: { code, message, errors: [] },
  });

  beforeAll(async () => {
    const folder = await temporaryFolder();
    try {
      report = await reportOf(folder.path);
    } finally {
      await folder.remove();
    }
  });

  it("comes before publishing", () => {
    expect(step("create acme")).toMatchObject({ code: 0, said: { publisher: "acme", proofs: [] } });
    expect(step("publish without a proof")).toMatchObject({ code: 1, said: { code: "publisher_unproven" } });
  });

  it("by DNS takes the publisher's own line in a TXT record, and says which and where", () => {
    const { acme, zeta } = report.lines;
    expect(acme).toMatch(/^patchbay-publisher=acme:\S+$/);
    expect(zeta).not.toBe(acme);
    const message = `There is no TXT record of ${RECORD} with the text ${acme}`;
    expect(step("dns: no record")).toEqual(refused(message));
    expect(step("dns: the line of another publisher")).toEqual(refused(message));
    expect(step("dns: the line")).toMatchObject({
      code: 0,
      said: { publisher: "acme", proofs: [{ kind: "dns", domain: "acme.example" }] },
    });
  });

  it("by website takes the line in a file, and says which and where", () => {
    const line = `text file at ${fileOf("zeta.example")} with the line ${report.lines.zeta}`;
    const unreadable = (reason: string) =>
      refused(`${fileOf("zeta.example")} cannot be read: ${reason}. It takes a ${line}`);
    expect(step("website: no address")).toEqual(
      unreadable("zeta.example could not be reached or broke off (ENOTFOUND)"),
    );
    expect(step("website: no file")).toEqual(unreadable("the answer was 404"));
    expect(step("website: the line of another publisher")).toEqual(refused(`There is no ${line}`));
    expect(step("website: the line")).toMatchObject({
      code: 0,
      said: { publisher: "zeta", proofs: [{ kind: "well-known", domain: "zeta.example" }] },
    });
  });

  it.each([
    ["a private address", "inside.example", "is not a public address"],
    ["sent on to a private name", "by-name.example", "redirects are not followed"],
    ["sent on to a private address", "by-address.example", "redirects are not followed"],
    ["another's certificate", "pretended.invalid", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("by website does not accept %s", (name, domain, reason) => {
    expect(step(`website: ${name}`)).toMatchObject({
      code: 1,
      said: { code: "proof_failed", message: expect.stringContaining(`${fileOf(domain)} cannot be read`) },
    });
    expect(step(`website: ${name}`)?.said).toMatchObject({ message: expect.stringContaining(reason) });
  });

  it("asks nothing of private addresses", () => {
    expect(report.requests).toHaveLength(5);
    expect(new Set(report.requests.map(({ address }) => address))).toEqual(new Set([ADDRESS]));
  });

  it("lets the publisher publish, and people see what and whose it is", () => {
    expect(step("publish acme")).toMatchObject({ code: 0, said: { version: "1.2.0", state: "passed" } });
    expect(step("publish zeta")).toMatchObject({ code: 0, said: { version: "1.2.0", state: "passed" } });
    const item = (plugin: string) => expect.objectContaining({ plugin, latest: "1.2.0" });
    expect(step("search")?.said).toMatchObject({
      total: 2,
      items: expect.arrayContaining([item("acme.weather"), item("zeta.weather")]),
    });
    expect(step("info")?.said).toMatchObject({
      publishedBy: { publisher: "acme", proofs: [{ kind: "dns", domain: "acme.example" }] },
    });
  });
});
