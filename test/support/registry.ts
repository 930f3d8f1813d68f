import { PatchbayClient } from "@patchbay/api-client";
import { expect } from "vitest";
import { Api } from "./api.ts";
import { makePackage, type PluginSource } from "./packages.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./server.ts";

/** A server whose registry others use as their marketplace. */
export interface TestRegistry {
  readonly server: TestServer;
  /** Of the deployment's administrator. */
  readonly admin: Api;
  readonly client: PatchbayClient;
  /** Publishes for the publisher that the id names, which is made when it is new. */
  publish(source: PluginSource): Promise<void>;
  stop(): Promise<void>;
}

export const startRegistry = async (environment: Record<string, string> = {}): Promise<TestRegistry> => {
  const folder = await temporaryFolder();
  const server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_ROLE: "registry", ...environment },
  });
  const admin = new Api(server.url);
  const client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  const tokens = new Map<string, string>();
  const tokenOf = async (publisher: string): Promise<string> => {
    const known = tokens.get(publisher);
    if (known !== undefined) return known;
    await client.registry.createPublisher({ publisher, name: `${publisher} Inc.` });
    const { token } = await client.registry.createToken(publisher, { name: "tests" });
    tokens.set(publisher, token);
    return token;
  };
  return {
    server,
    admin,
    client,
    publish: async (source) => {
      const [publisher = ""] = source.id.split(".");
      const as = admin.as(await tokenOf(publisher));
      const answer = await as.upload("/registry/v1/packages", await makePackage(source));
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    },
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};
