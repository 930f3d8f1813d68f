import { expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { ENDPOINTS_OF, installEndpointPlugin, makeAddress } from "./support/endpoint-plugin.ts";
import { startServer, temporaryFolder } from "./support/server.ts";

it("An address that takes more than the server does by now can be changed, and takes no more than that", async () => {
  const folder = await temporaryFolder();
  try {
    const before = await startServer({ dataDir: folder.path });
    await installEndpointPlugin(new Api(before.url));
    const { id } = await makeAddress(new Api(before.url), "small");
    await before.stop();
    const environment = { PATCHBAY_MAX_FILE_MIB: "1" };
    const server = await startServer({ dataDir: folder.path, environment });
    try {
      const patch = async (body: object) =>
        (await new Api(server.url).call("PATCH", `${ENDPOINTS_OF}/${id}`, body)).status;
      expect(await patch({ enabled: false })).toBe(200);
      expect(await patch({ maxBodyBytes: 2 * 1024 * 1024 })).toBe(400);
      expect(await patch({ maxBodyBytes: 1024 * 1024 })).toBe(200);
    } finally {
      await server.stop();
    }
  } finally {
    await folder.remove();
  }
});
