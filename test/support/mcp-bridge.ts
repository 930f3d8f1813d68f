import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { addTool, McpUpstream, textTool } from "./mcp-upstream.ts";
import { startOrganization, type TestOrganization } from "./organization.ts";

/** Where an organization's MCP servers are. */
export const SERVERS = "/api/orgs/default/mcp-servers";

/** An organization for the tests of a file, and for each of them a server of its own, of its own name. */
export class BridgeFixture {
  parts!: TestOrganization;
  upstream!: McpUpstream;
  name = "";
  #count = 0;

  constructor() {
    beforeAll(async () => {
      this.parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
    });
    afterAll(async () => await this.parts?.stop());
    beforeEach(async () => {
      this.upstream = new McpUpstream([addTool, textTool("say", "Says something.")]);
      await this.upstream.start();
      this.#count += 1;
      this.name = `server-${this.#count}`;
    });
    afterEach(async () => await this.upstream.stop());
  }

  /** The id of the server's plugin. */
  get plugin(): string {
    return `mcp.${this.name}`;
  }

  async add(more: object = {}) {
    return await this.parts.owner.post(SERVERS, { name: this.name, url: this.upstream.url, ...more });
  }

  async look() {
    return (await this.parts.owner.post(`${SERVERS}/${this.plugin}/look`)).body;
  }

  async view() {
    return (await this.parts.owner.get(`${SERVERS}/${this.plugin}`)).body;
  }

  async approve(): Promise<void> {
    await this.parts.client.plugins.update(this.plugin, { version: (await this.view()).waiting });
  }

  async tools() {
    return (await this.parts.client.tools.list()).filter(({ plugin }) => plugin === this.plugin);
  }

  async listed(): Promise<string[]> {
    return (await this.tools()).map(({ tool }) => tool);
  }

  async call(tool: string, input: object): Promise<unknown> {
    return await this.parts.client.tools.call(this.plugin, tool, { input });
  }
}
