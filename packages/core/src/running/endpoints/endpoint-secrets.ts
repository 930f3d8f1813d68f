import { randomBytes } from "node:crypto";
import { PatchbayError } from "@patchbay/protocol";
import { hashToken, newToken } from "../../people/accounts/tokens.ts";
import type { SecretBox } from "../../plugins/settings/secret-box.ts";
import type { Stores } from "../../ports/database.ts";
import type { Endpoint } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { sealContextOf } from "./doorkeeper.ts";
import { MAX_SECRETS_OF_ENDPOINT } from "./limits.ts";

const KEY_PREFIX = "pbe_";
/** As Standard Webhooks writes secrets. */
const SIGNING_PREFIX = "whsec_";
const SIGNING_BYTES = 32;
const HINT_LENGTH = 10;

/** Makes what opens an endpoint. What is made is shown once: of keys a hash is kept, of what messages are signed with the sealed form. */
export class EndpointSecrets {
  readonly #box: SecretBox;
  readonly #world: World;

  constructor(box: SecretBox, world: World) {
    this.#box = box;
    this.#world = world;
  }

  /**
   * A new one; those before it end in `keptSeconds`. null for an endpoint that nothing has to open. Throws `quota_exceeded` with as many as
   * there may be.
   */
  async add(
    { endpoints }: Pick<Stores, "endpoints">,
    { id: endpointId, authentication }: Pick<Endpoint, "id" | "authentication">,
    keptSeconds: number,
  ): Promise<string | null> {
    const now = this.#world.now();
    await endpoints.expireSecrets(endpointId, new Date(now.getTime() + keptSeconds * 1_000));
    await endpoints.removeSecrets(endpointId, now);
    if (authentication === "none") return null;
    const held = await endpoints.secrets(endpointId);
    if (held.length >= MAX_SECRETS_OF_ENDPOINT)
      throw new PatchbayError(
        "quota_exceeded",
        `An endpoint has at most ${MAX_SECRETS_OF_ENDPOINT} secrets at a time. Let those before end at once, or wait until they have.`,
      );
    const id = this.#world.newId();
    const isKey = authentication === "key";
    const secret = isKey
      ? newToken(KEY_PREFIX)
      : `${SIGNING_PREFIX}${randomBytes(SIGNING_BYTES).toString("base64")}`;
    const content = isKey ? hashToken(secret) : this.#box.seal(secret, sealContextOf(id));
    await endpoints.addSecret({
      id,
      endpointId,
      hint: secret.slice(0, HINT_LENGTH),
      content,
      expiresAt: null,
    });
    return secret;
  }
}
