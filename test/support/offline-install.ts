import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { runCli } from "./cli.ts";
import { BOOTSTRAP_KEY, startServer } from "./server.ts";

/** A fresh deployment that is handed a bundle, told as one line of JSON. Run where there is no network. */
const outside = await fetch("http://192.0.2.1/", { signal: AbortSignal.timeout(5_000) }).then(
  () => "reachable",
  () => "unreachable",
);
const server = await startServer({ dataDir: join(process.env.PATCHBAY_TEST_FOLDER ?? "", "offline-data") });
try {
  const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  const bundle = process.env.PATCHBAY_BUNDLE ?? "";
  const installed = await runCli(["bundle", "install", bundle, "--enable", "--yes"], { environment });
  if (installed.code !== 0) throw new Error(installed.stderr);
  const client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  const plugins = (await client.plugins.list()).filter(({ source }) => source === "bundle");
  process.stdout.write(
    `${JSON.stringify({
      interfaces: Object.keys(networkInterfaces()),
      outside,
      states: plugins.map(({ plugin, state }) => `${plugin} ${state}`),
      answer: await client.tools.call("acme.maps", "say", {}),
    })}\n`,
  );
} finally {
  await server.stop();
}
