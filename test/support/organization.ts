import { type GrantInput, PatchbayClient } from "@patchbay/api-client";
import { expect } from "vitest";
import { Api } from "./api.ts";
import { makePackage, type PluginSource } from "./packages.ts";
import { type Person, signedUp } from "./people.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./server.ts";

/** A server with the organization `default`, its project `web`, and people in and out of it. */
export interface TestOrganization {
  readonly server: TestServer;
  /** By API key of all rights. */
  readonly owner: Api;
  readonly client: PatchbayClient;
  /** Manages the project `web` and belongs to no other. */
  readonly manager: Person;
  /** Owns the organization `other` and belongs to no other. */
  readonly stranger: Person;
  upload(source: PluginSource): Promise<void>;
  /** Uploads and installs. */
  install(source: PluginSource, grants?: readonly GrantInput[]): Promise<void>;
  stop(): Promise<void>;
}

export const startOrganization = async (
  environment: Record<string, string> = {},
  localPorts?: readonly number[],
): Promise<TestOrganization> => {
  const folder = await temporaryFolder();
  const server = await startServer({ dataDir: folder.path, environment, ...(localPorts && { localPorts }) });
  const owner = new Api(server.url);
  const client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  await client.organizations.createProject({ slug: "web", name: "Web" });
  const manager = await signedUp(server.url, "mia@example.org", { organization: "default", role: "member" });
  await client.organizations.setProjectMember("web", { email: manager.email, role: "manager" });
  const stranger = await signedUp(server.url, "eve@example.org", { organization: "other", role: "owner" });
  const upload = async (source: PluginSource) => {
    const answer = await owner.upload("/api/orgs/default/uploads", await makePackage(source));
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  };
  return {
    server,
    owner,
    client,
    manager,
    stranger,
    upload,
    install: async (source, grants = []) => {
      await upload(source);
      await client.plugins.install({ plugin: source.id, grants });
    },
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};
