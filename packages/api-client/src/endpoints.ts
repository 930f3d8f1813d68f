import type {
  EndpointDto,
  EndpointPatch,
  EndpointRequestDto,
  MadeEndpointDto,
  NewEndpointBody,
  OfferedEndpointDto,
  RotateEndpointBody,
  WholeEndpointRequestDto,
} from "@patchbay/protocol";
import type { Page, PageQuery, Revised, Transport } from "./transport.ts";

/** Addresses at which plugins answer requests from outside. */
export class EndpointsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(): Promise<EndpointDto[]> {
    return this.#transport.items(this.#all());
  }

  /** What plugins can answer, for which addresses can be made. */
  offered(): Promise<OfferedEndpointDto[]> {
    return this.#transport.items(`${this.#transport.organization}/offered-endpoints`);
  }

  /** The secret is shown once. */
  make(body: NewEndpointBody): Promise<MadeEndpointDto> {
    return this.#transport.json("POST", this.#all(), { body });
  }

  get(id: string): Promise<Revised<EndpointDto>> {
    return this.#transport.revised("GET", this.#one(id));
  }

  /** Another way to authenticate takes another secret, which is shown once. */
  change(id: string, body: EndpointPatch, seen?: string): Promise<MadeEndpointDto> {
    return this.#transport.json("PATCH", this.#one(id), { body, seen });
  }

  rotate(id: string, body: RotateEndpointBody): Promise<MadeEndpointDto> {
    return this.#transport.json("POST", `${this.#one(id)}/rotate`, { body });
  }

  async delete(id: string): Promise<void> {
    await this.#transport.nothing("DELETE", this.#one(id));
  }

  /** Newest first. */
  requests(id: string, page: PageQuery = {}): Promise<Page<EndpointRequestDto>> {
    return this.#transport.json("GET", `${this.#one(id)}/requests`, { query: { ...page } });
  }

  /** With its body. */
  request(id: string, request: string): Promise<WholeEndpointRequestDto> {
    return this.#transport.json("GET", this.#request(id, request));
  }

  /** Makes a request once more; what became of it. */
  replay(id: string, request: string): Promise<WholeEndpointRequestDto> {
    return this.#transport.json("POST", `${this.#request(id, request)}/replay`);
  }

  #request(id: string, request: string): string {
    return `${this.#one(id)}/requests/${encodeURIComponent(request)}`;
  }

  #all(): string {
    return `${this.#transport.organization}/endpoints`;
  }

  #one(id: string): string {
    return `${this.#all()}/${encodeURIComponent(id)}`;
  }
}
