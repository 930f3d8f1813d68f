import type {
  BadgeBody,
  BlockBody,
  BlockedDto,
  CreatedPublisherTokenDto,
  DeprecationBody,
  KeyRevocationBody,
  OsvDto,
  OwnPublisherDto,
  PluginCategory,
  ProofBody,
  PublisherBody,
  PublisherKeyBody,
  PublisherKeyDto,
  PublisherTokenBody,
  PublisherTokenDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySearchDto,
  RegistrySummaryDto,
  SubmissionDto,
} from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

export interface RegistryFilter extends PageQuery {
  readonly q?: string;
  readonly category?: PluginCategory;
  readonly badge?: RegistrySummaryDto["badge"];
  readonly publisher?: string;
  readonly sort?: "relevance" | "installs" | "updated";
}

interface SubmissionFilter extends PageQuery {
  readonly state?: SubmissionDto["state"];
}

const BASE = "/registry/v1";
const at = (...parts: readonly string[]): string => [BASE, ...parts.map(encodeURIComponent)].join("/");

/** The registry that the server itself is. Publishing takes a publisher's token as well as a person's key. */
export class RegistryApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  search(filter: RegistryFilter = {}): Promise<RegistrySearchDto> {
    return this.#transport.json("GET", at("search"), { query: { ...filter } });
  }

  /** Throws `package_not_found`. */
  package(plugin: string): Promise<RegistryPackageDto> {
    return this.#transport.json("GET", at("packages", plugin));
  }

  /** Throws `publisher_not_found`. */
  publisher(publisher: string): Promise<RegistryPublisherDto> {
    return this.#transport.json("GET", at("publishers", publisher));
  }

  /** The caller's own. */
  publishers(): Promise<OwnPublisherDto[]> {
    return this.#transport.items(at("publishers"));
  }

  createPublisher(body: PublisherBody): Promise<OwnPublisherDto> {
    return this.#transport.json("POST", at("publishers"), { body });
  }

  /** Throws `proof_failed` with what to write where. */
  prove(publisher: string, body: ProofBody): Promise<OwnPublisherDto> {
    return this.#transport.json("POST", at("publishers", publisher, "proofs"), { body });
  }

  tokens(publisher: string): Promise<PublisherTokenDto[]> {
    return this.#transport.items(at("publishers", publisher, "tokens"));
  }

  createToken(publisher: string, body: PublisherTokenBody): Promise<CreatedPublisherTokenDto> {
    return this.#transport.json("POST", at("publishers", publisher, "tokens"), { body });
  }

  deleteToken(publisher: string, id: string): Promise<void> {
    return this.#transport.nothing("DELETE", at("publishers", publisher, "tokens", id));
  }

  addKey(publisher: string, body: PublisherKeyBody): Promise<PublisherKeyDto> {
    return this.#transport.json("POST", at("publishers", publisher, "keys"), { body });
  }

  revokeKey(publisher: string, keyId: string, body: KeyRevocationBody): Promise<void> {
    return this.#transport.nothing("POST", at("publishers", publisher, "keys", keyId, "revoke"), { body });
  }

  /**
   * Publishes a package (the bytes of a zip). `onSent` hears how many bytes have left so far; only for Node. Throws
   * `package_rejected` with `findings`, `version_exists`, `publisher_unproven`.
   */
  publish(zip: Blob, onSent?: (bytes: number) => void): Promise<SubmissionDto> {
    const body = new FormData();
    body.append("package", zip, "package.zip");
    return this.#transport.json("POST", at("packages"), { body, ...(onSent && { onSent }) });
  }

  /** Of one publisher; of all of them for administrators of the deployment. */
  submissions(publisher: string | null, filter: SubmissionFilter = {}): Promise<Page<SubmissionDto>> {
    const path = publisher === null ? at("submissions") : at("publishers", publisher, "submissions");
    return this.#transport.json("GET", path, { query: { ...filter } });
  }

  /** The zip of what is held back. Throws `submission_decided`. */
  async heldPackage(submission: string): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#transport.send("GET", at("submissions", submission, "artifact"));
    return body ?? new Blob([]).stream();
  }

  release(submission: string): Promise<SubmissionDto> {
    return this.#transport.json("POST", at("submissions", submission, "release"));
  }

  reject(submission: string, reason: string): Promise<SubmissionDto> {
    return this.#transport.json("POST", at("submissions", submission, "reject"), { body: { reason } });
  }

  yank(plugin: string, version: string, reason: string): Promise<void> {
    const path = at("packages", plugin, "versions", version, "yank");
    return this.#transport.nothing("POST", path, { body: { reason } });
  }

  unyank(plugin: string, version: string): Promise<void> {
    return this.#transport.nothing("POST", at("packages", plugin, "versions", version, "unyank"));
  }

  deprecate(plugin: string, body: DeprecationBody): Promise<void> {
    return this.#transport.nothing("POST", at("packages", plugin, "deprecate"), { body });
  }

  undeprecate(plugin: string): Promise<void> {
    return this.#transport.nothing("POST", at("packages", plugin, "undeprecate"));
  }

  setBadge(plugin: string, body: BadgeBody): Promise<void> {
    return this.#transport.nothing("PUT", at("packages", plugin, "badge"), { body });
  }

  advisories(): Promise<OsvDto[]> {
    return this.#transport.items(at("advisories"));
  }

  putAdvisory(advisory: OsvDto): Promise<OsvDto> {
    return this.#transport.json("PUT", at("advisories", advisory.id), { body: advisory });
  }

  withdrawAdvisory(id: string): Promise<OsvDto> {
    return this.#transport.json("POST", at("advisories", id, "withdraw"));
  }

  blocklist(): Promise<BlockedDto[]> {
    return this.#transport.items(at("blocklist"));
  }

  block(body: BlockBody): Promise<BlockedDto> {
    return this.#transport.json("POST", at("blocklist"), { body });
  }

  unblock(plugin: string, versions: string): Promise<void> {
    return this.#transport.nothing("DELETE", at("blocklist"), { query: { plugin, versions } });
  }
}
