import { randomBytes } from "node:crypto";
import {
  decodePublicKey,
  describePublicKey,
  type KeyEndorsement,
  verifyKeyEndorsement,
} from "@patchbay/artifact";
import { type AuditAction, PatchbayError, type PublisherKeyDto } from "@patchbay/protocol";
import { endOf, isDeploymentAdmin } from "../access/authority.ts";
import type { Principal } from "../access/caller.ts";
import { SERVER_PUBLISHER } from "../model/server-plugins.ts";
import { hashToken, newToken } from "../people/accounts/tokens.ts";
import type { Database } from "../ports/database.ts";
import type { DomainReader } from "../ports/domain-reader.ts";
import type { PublisherToken, RegistryPublisher } from "../ports/registry-store.ts";
import type { World } from "../world.ts";
import {
  actorOfCaller,
  isAdmin,
  mayPublish,
  PUBLISHER_TOKEN_PREFIX,
  type RegistryCaller,
} from "./callers.ts";
import {
  MAX_KEYS_PER_PUBLISHER,
  MAX_PROOFS_PER_PUBLISHER,
  MAX_PUBLISHERS_PER_PERSON,
  MAX_TOKENS_PER_PUBLISHER,
} from "./limits.ts";

/** Names that stand for Patchbay itself, and for what it makes. */
const RESERVED = new Set(["patchbay", "official", "registry", "builtin", "system", SERVER_PUBLISHER]);
const CHALLENGE_BYTES = 18;
const SHOWN_TOKEN_CHARACTERS = 8;
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Who publishes in this registry: proofs of who they are, keys and tokens. */
export class RegistryPublishers {
  readonly #database: Database;
  readonly #domains: DomainReader;
  readonly #world: World;

  constructor(database: Database, domains: DomainReader, world: World) {
    this.#database = database;
    this.#domains = domains;
    this.#world = world;
  }

  get #store() {
    return this.#database.registry.publishers;
  }

  /** Who calls with this token of a publisher. Throws `unauthenticated`. */
  async callerOfToken(token: string): Promise<RegistryCaller> {
    const found = await this.#store.findToken(hashToken(token), this.#world.now());
    if (found !== null) return { kind: "token", token: found };
    throw new PatchbayError(
      "unauthenticated",
      "The publisher's token is not valid: it is mistyped, was deleted or has expired.",
    );
  }

  /** Throws `publisher_not_found`. */
  async find(publisher: string): Promise<RegistryPublisher> {
    const found = await this.#store.find(publisher);
    if (found !== null) return found;
    throw new PatchbayError("publisher_not_found", `The registry has no publisher "${publisher}".`);
  }

  async listOwned({ user }: Principal): Promise<RegistryPublisher[]> {
    return await this.#store.listOwned(user.id);
  }

  /** A publisher of the caller's; vouched for at once when the caller administers the deployment. Throws `already_exists`, `forbidden`. */
  async create(
    principal: Principal,
    { publisher, name, url }: { publisher: string; name: string; url?: string | undefined },
  ): Promise<RegistryPublisher> {
    const isOperator = isDeploymentAdmin(principal);
    if (!mayPublish(principal)) throw narrowKey();
    if (RESERVED.has(publisher) && !isOperator)
      throw new PatchbayError("forbidden", `The name "${publisher}" is kept for the registry's operator.`);
    const owned = await this.#store.listOwned(principal.user.id);
    if (!isOperator && owned.length >= MAX_PUBLISHERS_PER_PERSON)
      throw new PatchbayError("forbidden", `One person can make ${MAX_PUBLISHERS_PER_PERSON} publishers.`);
    const at = this.#world.now().toISOString();
    return await this.#database.transaction(async (stores) => {
      const created = await stores.registry.publishers.create({
        publisher,
        name: clean(name),
        url: url ?? null,
        ownerId: principal.user.id,
        challenge: randomBytes(CHALLENGE_BYTES).toString("base64url"),
        proofs: isOperator ? [{ kind: "operator", at }] : [],
      });
      await this.#audit(stores, { kind: "principal", principal }, "publisher.created", { publisher });
      return created;
    });
  }

  /** Throws `publisher_not_found`, or `forbidden` unless the caller may act for the publisher. */
  async authorize(caller: RegistryCaller, publisher: string): Promise<RegistryPublisher> {
    const found = await this.find(publisher);
    if (isAdmin(caller)) return found;
    if (
      caller.kind === "token"
        ? caller.token.publisher === publisher
        : caller.principal.user.id === found.ownerId
    ) {
      if (caller.kind === "principal" && !mayPublish(caller.principal)) throw narrowKey();
      return found;
    }
    throw new PatchbayError("forbidden", `You may not act for the publisher "${publisher}".`);
  }

  /** As `authorize`, for what everybody gets to see. Throws besides `publisher_unproven`. */
  async authorizeProven(caller: RegistryCaller, publisher: string): Promise<RegistryPublisher> {
    const found = await this.authorize(caller, publisher);
    if (found.proofs.length > 0) return found;
    throw new PatchbayError(
      "publisher_unproven",
      `The publisher "${publisher}" has not proved that it is who its name says. Add a proof by DNS record or by a file on its website.`,
    );
  }

  /** As `authorize`, for what a token may not do: what is made with a stolen one would outlast it. */
  async authorizePerson(caller: RegistryCaller, publisher: string): Promise<RegistryPublisher> {
    if (caller.kind === "principal") return await this.authorize(caller, publisher);
    throw new PatchbayError("forbidden", "A publisher's token cannot do this: sign in, or use an API key.");
  }

  /** The line with which a domain says that it belongs to the publisher. */
  proofLine({ publisher, challenge }: RegistryPublisher): string {
    return `patchbay-publisher=${publisher}:${challenge}`;
  }

  /**
   * Looks whether the domain says that it belongs to the publisher, and remembers it; an administrator of the deployment
   * can vouch instead. Throws `proof_failed` with what to write where, `forbidden`, `invalid_request`.
   */
  async prove(
    caller: RegistryCaller,
    publisher: string,
    { kind, domain }: { kind: "dns" | "well-known" | "operator"; domain?: string | undefined },
  ): Promise<RegistryPublisher> {
    const found = await this.authorizePerson(caller, publisher);
    if (found.proofs.length >= MAX_PROOFS_PER_PUBLISHER)
      throw new PatchbayError(
        "invalid_request",
        `A publisher has at most ${MAX_PROOFS_PER_PUBLISHER} proofs.`,
      );
    if (kind === "operator") {
      if (!isAdmin(caller))
        throw new PatchbayError(
          "forbidden",
          "Only an administrator of the deployment can vouch for a publisher.",
        );
    } else await this.#requireProof(found, kind, requireDomain(domain));
    const proof = { kind, ...(kind !== "operator" && { domain: requireDomain(domain) }) };
    await this.#database.transaction(async (stores) => {
      await stores.registry.publishers.addProof(publisher, { ...proof, at: this.#world.now().toISOString() });
      await this.#audit(stores, caller, "publisher.proven", { publisher, ...proof });
    });
    return await this.find(publisher);
  }

  async #requireProof(
    publisher: RegistryPublisher,
    kind: "dns" | "well-known",
    domain: string,
  ): Promise<void> {
    const line = this.proofLine(publisher);
    const place = placeOf(kind, domain);
    const wanted =
      kind === "dns" ? `TXT record of ${place} with the text` : `text file at ${place} with the line`;
    const facts = { place, line };
    try {
      if ((await this.#linesAt(kind, place)).some((one) => one.trim() === line)) return;
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error;
      throw new PatchbayError(error.code, `${error.message} It takes a ${wanted} ${line}`, {
        facts,
        cause: error,
      });
    }
    throw new PatchbayError("proof_failed", `There is no ${wanted} ${line}`, { facts });
  }

  async #linesAt(kind: "dns" | "well-known", place: string): Promise<readonly string[]> {
    return kind === "dns"
      ? await this.#domains.txt(place)
      : (await this.#domains.text(new URL(place))).split("\n");
  }

  /** A token for publishing, shown this once. Throws `forbidden`, `publisher_not_found`. */
  async createToken(
    caller: RegistryCaller,
    publisher: string,
    { name, expiresAt }: { name: string; expiresAt: Date | null },
  ): Promise<{ token: string; created: PublisherToken }> {
    await this.authorizePerson(caller, publisher);
    const maker = caller.kind === "principal" ? caller.principal : null;
    const end = maker === null ? expiresAt : endOf(maker, expiresAt, this.#world.now());
    const token = newToken(PUBLISHER_TOKEN_PREFIX);
    const created = await this.#database.transaction(async (stores) => {
      await stores.registry.publishers.hold(publisher);
      if ((await stores.registry.publishers.listTokens(publisher)).length >= MAX_TOKENS_PER_PUBLISHER)
        throw new PatchbayError(
          "invalid_request",
          `A publisher has at most ${MAX_TOKENS_PER_PUBLISHER} tokens.`,
        );
      const made = await stores.registry.publishers.createToken({
        id: this.#world.newId(),
        publisher,
        name: clean(name),
        expiresAt: end,
        madeByKey: maker?.key?.id ?? null,
        tokenHash: hashToken(token),
        prefix: token.slice(0, SHOWN_TOKEN_CHARACTERS),
      });
      await this.#audit(stores, caller, "publisher.token_created", { publisher, token: made.id, name });
      return made;
    });
    return { token, created };
  }

  async listTokens(caller: RegistryCaller, publisher: string): Promise<PublisherToken[]> {
    await this.authorizePerson(caller, publisher);
    return await this.#store.listTokens(publisher);
  }

  /** Throws `not_found`. */
  async deleteToken(caller: RegistryCaller, publisher: string, id: string): Promise<void> {
    await this.authorizePerson(caller, publisher);
    await this.#database.transaction(async (stores) => {
      if (!(await stores.registry.publishers.deleteToken(publisher, id)))
        throw new PatchbayError("not_found", `"${publisher}" has no such token.`);
      await this.#audit(stores, caller, "publisher.token_deleted", { publisher, token: id });
    });
  }

  async listKeys(publisher: string): Promise<PublisherKeyDto[]> {
    return await this.#store.listKeys(publisher);
  }

  /**
   * Adds a key that packages are signed with. The first comes as it is; every further one needs the word of a key that is not
   * revoked, or of an administrator where none of them is left: deployments that know the old ones have to accept it. Throws
   * `key_invalid`, `publisher_key_changed`, `already_exists`, `forbidden`.
   */
  async addKey(
    caller: RegistryCaller,
    publisher: string,
    { publicKey, endorsement }: { publicKey: string; endorsement?: KeyEndorsement | undefined },
  ): Promise<PublisherKeyDto> {
    await this.authorizePerson(caller, publisher);
    const { keyId } = describePublicKey(decodePublicKey(publicKey));
    return await this.#database.transaction(async (stores) => {
      const { publishers } = stores.registry;
      await publishers.hold(publisher);
      const known = await publishers.listKeys(publisher);
      if (known.length >= MAX_KEYS_PER_PUBLISHER)
        throw new PatchbayError("invalid_request", `A publisher has at most ${MAX_KEYS_PER_PUBLISHER} keys.`);
      const isNewStart = isAdmin(caller) && known.every(({ revoked }) => revoked !== undefined);
      if (known.length > 0 && !isNewStart) requireEndorsement(publisher, keyId, endorsement, known);
      const createdAt = this.#world.now().toISOString();
      const isVouchedFor = endorsement !== undefined && known.length > 0;
      const key = { keyId, publicKey, createdAt, ...(isVouchedFor && { endorsement }) };
      await publishers.addKey(publisher, key);
      await this.#audit(stores, caller, "publisher.key_added", { publisher, key: keyId });
      return key;
    });
  }

  /** Throws `not_found` when there is no such key, or nothing to change. */
  async revokeKey(
    caller: RegistryCaller,
    publisher: string,
    keyId: string,
    reason: "superseded" | "compromised",
  ): Promise<void> {
    await this.authorizePerson(caller, publisher);
    const at = this.#world.now().toISOString();
    await this.#database.transaction(async (stores) => {
      await stores.registry.publishers.hold(publisher);
      if (!(await stores.registry.publishers.revokeKey(publisher, keyId, { at, reason })))
        throw new PatchbayError("not_found", `"${publisher}" has no such key, or it is revoked already.`);
      await this.#audit(stores, caller, "publisher.key_revoked", { publisher, key: keyId, reason });
    });
  }

  async #audit(
    { audit }: Pick<Database, "audit">,
    caller: RegistryCaller,
    action: AuditAction,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await audit.append({
      organizationId: null,
      actor: actorOfCaller(caller),
      action,
      pluginId: null,
      detail,
    });
  }
}

/** Where a domain says to whom it belongs. */
const placeOf = (kind: "dns" | "well-known", domain: string): string =>
  kind === "dns" ? `_patchbay.${domain}` : `https://${domain}/.well-known/patchbay-publisher.txt`;

const requireDomain = (domain: string | undefined): string => {
  if (domain !== undefined && DOMAIN.test(domain)) return domain;
  throw new PatchbayError(
    "invalid_request",
    "Name the domain in lower case, such as acme.example; names of other scripts in their xn-- form.",
    { errors: [{ pointer: "/domain", message: "It is not the name of a domain." }] },
  );
};

const requireEndorsement = (
  publisher: string,
  keyId: string,
  endorsement: KeyEndorsement | undefined,
  known: readonly PublisherKeyDto[],
): void => {
  const older = known.find((key) => key.keyId === endorsement?.keyId && key.revoked === undefined);
  if (
    endorsement !== undefined &&
    older !== undefined &&
    verifyKeyEndorsement(publisher, keyId, endorsement, decodePublicKey(older.publicKey))
  )
    return;
  throw new PatchbayError(
    "publisher_key_changed",
    `"${publisher}" has keys already: a further one needs the word of one that is not revoked, as \`endorsement\`.`,
    { status: 422 },
  );
};

const narrowKey = () =>
  new PatchbayError(
    "forbidden",
    "This needs an API key with the right org.plugins.write, or to be signed in.",
  );

const clean = (text: string): string => text.replaceAll("\0", "\uFFFD");
