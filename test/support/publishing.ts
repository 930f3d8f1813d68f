import { expect } from "vitest";
import type { Answer, Api } from "./api.ts";
import { makePackage, type PluginSource } from "./packages.ts";

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
