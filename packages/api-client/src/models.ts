import type { ProviderTestDto } from "@patchbay/protocol";
import type { Page, Transport } from "./transport.ts";

/** The providers of models that plugins bring. Models themselves are asked at `/v1`, by clients of the formats there. */
export class ModelsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Asks each of a plugin's providers for its models, with the settings of the organization or of a project. */
  async test(plugin: string, project?: string): Promise<ProviderTestDto[]> {
    const path = `${this.#transport.organization}/plugins/${encodeURIComponent(plugin)}/models/test`;
    const query = project === undefined ? {} : { project };
    const page = await this.#transport.json<Page<ProviderTestDto>>("POST", path, { query });
    return page.items;
  }
}
