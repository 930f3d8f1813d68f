import type {
  LocalServerName,
  LocalServersDto,
  ManagedModelDto,
  MessageHooksBody,
  MessageHooksDto,
  ModelRulesBody,
  ModelRulesDto,
  ProviderTestDto,
  UsedLocalServerDto,
  UseLocalServerBody,
} from "@patchbay/protocol";
import type { Page, Revised, Transport } from "./transport.ts";

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

  /** All models that plugins provide in the organization, or for a project, for those who set them up. */
  async list(project?: string): Promise<ManagedModelDto[]> {
    const query = project === undefined ? {} : { project };
    const path = `${this.#transport.organization}/models`;
    return (await this.#transport.json<Page<ManagedModelDto>>("GET", path, { query })).items;
  }

  /** What the organization decides about its models. */
  rules(): Promise<Revised<ModelRulesDto>> {
    return this.#transport.revised("GET", `${this.#transport.organization}/models/rules`);
  }

  /** Replaces all rules: those left out are as by default. Throws `revision_changed` when `seen` is no longer there. */
  putRules(body: ModelRulesBody, seen?: string): Promise<Revised<ModelRulesDto>> {
    return this.#transport.revised("PUT", `${this.#transport.organization}/models/rules`, { body, seen });
  }

  /** What messages pass on their way to chat models, in that order. */
  hooks(): Promise<Revised<MessageHooksDto>> {
    return this.#transport.revised("GET", `${this.#transport.organization}/models/hooks`);
  }

  /** Decides on them and their order. Throws `revision_changed` when `seen` is no longer there. */
  putHooks(body: MessageHooksBody, seen?: string): Promise<Revised<MessageHooksDto>> {
    return this.#transport.revised("PUT", `${this.#transport.organization}/models/hooks`, { body, seen });
  }

  /** Model servers that were found on the machine that Patchbay runs on. For administrators of the deployment. */
  local(): Promise<LocalServersDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/models/local`);
  }

  /** Looks for them again. */
  lookForLocal(): Promise<LocalServersDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/models/local/look`);
  }

  /** Sets one of them up, at the address and with the permissions that were shown. Nothing is changed when it does not answer. */
  setUpLocal(server: LocalServerName, body: UseLocalServerBody): Promise<UsedLocalServerDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/models/local/${server}`, { body });
  }
}
