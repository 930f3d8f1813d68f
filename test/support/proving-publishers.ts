import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startNameServer } from "../../apps/server/src/registry/testing/name-server.ts";
import { runCli } from "./cli.ts";
import { makePackage } from "./packages.ts";
import { signedUp } from "./people.ts";
import { startServer } from "./server.ts";
import { startWebsites } from "./websites.ts";

/**
 * Publishers prove their domains to a real server, by the command line, with a name server and websites. Told as one line of
 * JSON. Runs in a network of its own, which has the address PROOFS_ADDRESS and this name server.
 */
export interface ProofsReport {
  /** What each step's command ended with and said. */
  readonly steps: Readonly<Record<string, { readonly code: number; readonly said: unknown }>>;
  /** The lines that the publishers are to put up. */
  readonly lines: Readonly<Record<string, string>>;
  readonly requests: readonly { readonly address: string; readonly page: string }[];
}

const {
  PROOFS_FOLDER = "",
  PROOFS_ADDRESS = "",
  PROOFS_CERTIFICATE = "",
  PROOFS_PRIVATE_KEY = "",
} = process.env;
const FILE = "/.well-known/patchbay-publisher.txt";

const steps: Record<string, { code: number; said: unknown }> = {};
const lines: Record<string, string> = {};
const nameServer = await startNameServer(53);
const websites = await startWebsites({ certificate: PROOFS_CERTIFICATE, privateKey: PROOFS_PRIVATE_KEY });
const server = await startServer({
  dataDir: join(PROOFS_FOLDER, "data"),
  environment: { NODE_EXTRA_CA_CERTS: PROOFS_CERTIFICATE },
});

/** An API key of somebody who does not administer the deployment. */
const keyOf = async (email: string): Promise<string> => {
  const person = await signedUp(server.url, email, { organization: "default", role: "owner" });
  const rights = ["org.plugins.read", "org.plugins.write"];
  const made = await person.post("/api/api-keys", { organization: "default", name: "cli", rights });
  return made.body.token;
};
const cliOf = async (email: string) => {
  const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: await keyOf(email) };
  return async (step: string, ...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], { environment });
    const said: unknown = JSON.parse(code === 0 ? stdout : stderr);
    steps[step] = { code, said };
    return said;
  };
};
type Cli = Awaited<ReturnType<typeof cliOf>>;
const publisher = ["registry", "publisher"];
const create = async (cli: Cli, name: string): Promise<void> => {
  const made = await cli(`create ${name}`, ...publisher, "create", name, "--name", `${name} Inc.`);
  lines[name] = (made as { proofLine: string }).proofLine;
};
const texts = (name: string, ...all: (readonly string[])[]) => nameServer.names.set(name, { txt: all });
const website = (domain: string, address: string, text?: string) => {
  nameServer.names.set(domain, { a: [address] });
  if (text !== undefined) websites.pages.set(`${domain}${FILE}`, { text });
};

const byNameServer = async (cli: Cli): Promise<void> => {
  const prove = (step: string) => cli(step, ...publisher, "prove", "acme", "--domain", "acme.example");
  await prove("dns: no record");
  texts("_patchbay.acme.example", ["v=spf1 -all"], [lines.zeta ?? ""]);
  await prove("dns: the line of another publisher");
  const line = lines.acme ?? "";
  // As name servers write what is longer than they like.
  texts("_patchbay.acme.example", ["v=spf1 -all"], [line.slice(0, 20), line.slice(20)]);
  await prove("dns: the line");
};

const byWebsite = async (cli: Cli): Promise<void> => {
  const prove = (step: string, domain: string) =>
    cli(step, ...publisher, "prove", "zeta", "--well-known", "--domain", domain);
  const line = lines.zeta ?? "";
  await prove("website: no address", "zeta.example");
  website("zeta.example", PROOFS_ADDRESS);
  await prove("website: no file", "zeta.example");
  website("zeta.example", PROOFS_ADDRESS, `${lines.acme}\n`);
  await prove("website: the line of another publisher", "zeta.example");

  website("inside.example", "127.0.0.1", line);
  await prove("website: a private address", "inside.example");
  website("by-name.example", PROOFS_ADDRESS);
  websites.pages.set(`by-name.example${FILE}`, { status: 302, location: `https://inside.example${FILE}` });
  await prove("website: sent on to a private name", "by-name.example");
  website("by-address.example", PROOFS_ADDRESS);
  websites.pages.set(`by-address.example${FILE}`, { status: 307, location: `https://127.0.0.1${FILE}` });
  websites.pages.set(`127.0.0.1${FILE}`, { text: line });
  await prove("website: sent on to a private address", "by-address.example");
  website("pretended.invalid", PROOFS_ADDRESS, line);
  await prove("website: another's certificate", "pretended.invalid");

  website("zeta.example", PROOFS_ADDRESS, `# Who publishes\r\n${line}\r\n`);
  await prove("website: the line", "zeta.example");
};

const publish = async (cli: Cli, name: string, step = `publish ${name}`): Promise<void> => {
  const zip = join(PROOFS_FOLDER, `${name}.zip`);
  const code = "export default { tools: {} };";
  await writeFile(zip, await makePackage({ id: `${name}.weather`, version: "1.2.0", code }));
  await cli(step, "plugin", "publish", zip);
};

try {
  const [ann, bob] = await Promise.all([cliOf("ann@example.org"), cliOf("bob@example.org")]);
  await Promise.all([create(ann, "acme"), create(bob, "zeta")]);
  await publish(ann, "acme", "publish without a proof");
  await byNameServer(ann);
  await byWebsite(bob);
  await Promise.all([publish(ann, "acme"), publish(bob, "zeta")]);
  await ann("search", "plugin", "search", "weather");
  await bob("info", "plugin", "info", "acme.weather");
  const report: ProofsReport = { steps, lines, requests: websites.requests };
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  await server.stop();
  await websites.stop();
  await nameServer.stop();
}
