import { expect } from "vitest";
import { type Answer, Api } from "./api.ts";
import { makePackage, type PluginSource } from "./packages.ts";
import { type Person, signedUp } from "./people.ts";
import { startServer, type TestServer, temporaryFolder } from "./server.ts";

const BASE = "/registry/v1";

/** Makes publishers that are vouched for, and gives the API with a token of each. */
export const publisherMaker =
  (admin: Api) =>
  async (publisher: string): Promise<Api> => {
    const made = await admin.post(`${BASE}/publishers`, { publisher, name: `${publisher} Inc.` });
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201, body: { publisher } });
    const token = await admin.post(`${BASE}/publishers/${publisher}/tokens`, { name: "ci" });
    expect(token.body.token).toMatch(/^pbp_/);
    return admin.as(token.body.token);
  };

/** Publishes a package with an empty plugin unless told. */
export const publish = async (
  as: Api,
  source: Partial<PluginSource> & { readonly id: string },
): Promise<Answer> =>
  await as.upload(
    `${BASE}/packages`,
    await makePackage({ code: "export default { tools: {} };", ...source }),
  );

/** A server with a registry, and those who deal with it. */
export interface Publishing {
  readonly server: TestServer;
  /** Administers the deployment. */
  readonly admin: Api;
  readonly anyone: Api;
  /** Has an account, and is no publisher. */
  readonly eve: Person;
  /** Calls with the token of the publisher `acme`. */
  readonly acme: Api;
  readonly newPublisher: ReturnType<typeof publisherMaker>;
  stop(): Promise<void>;
}

export const startPublishing = async (): Promise<Publishing> => {
  const folder = await temporaryFolder();
  const server = await startServer({ dataDir: folder.path });
  const admin = new Api(server.url);
  const newPublisher = publisherMaker(admin);
  return {
    server,
    admin,
    newPublisher,
    anyone: admin.as(null),
    eve: await signedUp(server.url, "eve@example.org", { organization: "eves", role: "owner" }),
    acme: await newPublisher("acme"),
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
};
