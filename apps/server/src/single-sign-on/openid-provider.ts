import type { ProvenIdentity } from "@patchbay/core";
import type { HttpClient } from "@patchbay/egress";
import { PatchbayError } from "@patchbay/protocol";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { OpenIdSettings } from "../config/configuration.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { METADATA_AGE_MS, PROVIDER_TIMEOUT_SECONDS } from "./limits.ts";
import type { PendingSignIn } from "./pending-sign-ins.ts";
import { toSignInFailure } from "./sign-in-failure.ts";

interface Discovered {
  readonly client: Configuration;
  readonly at: number;
}

/** The provider with which people sign in, by OpenID Connect's authorization code flow with PKCE. */
export class OpenIdProvider {
  readonly #http: HttpClient;
  readonly #settings: OpenIdSettings;
  readonly #now: () => Date;
  #discovered: Discovered | null = null;
  #discovering: Promise<Discovered> | null = null;

  constructor(http: HttpClient, settings: OpenIdSettings, now: () => Date) {
    this.#http = http;
    this.#settings = settings;
    this.#now = now;
  }

  /** Where to send a person, and what must be there when they come back. Throws `sign_in_unavailable`. */
  async begin(redirectUri: string, returnTo: string): Promise<{ url: URL; pending: PendingSignIn }> {
    const client = await this.#client();
    const pending = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      returnTo,
    };
    const url = buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: "openid email profile",
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: "S256",
    });
    return { url, pending };
  }

  /**
   * Who has come back to `address`. The ID token's signature, issuer, audience, end and nonce are checked. Throws
   * `sign_in_failed` or `sign_in_unavailable`.
   */
  async complete(address: URL, pending: PendingSignIn): Promise<ProvenIdentity> {
    const client = await this.#client();
    try {
      return await redeem(client, address, pending, this.#settings);
    } catch (error) {
      throw toSignInFailure(error);
    }
  }

  /** What the provider says of itself: asked for when first needed, by one request for all that wait. */
  async #client(): Promise<Configuration> {
    const known = this.#discovered;
    if (known !== null && this.#now().getTime() - known.at < METADATA_AGE_MS) return known.client;
    this.#discovering ??= this.#discover().finally(() => {
      this.#discovering = null;
    });
    try {
      this.#discovered = await this.#discovering;
      return this.#discovered.client;
    } catch (error) {
      if (known !== null) return known.client; // old, and likely as good as ever
      throw new PatchbayError("sign_in_unavailable", "The sign-in provider cannot be reached.", {
        cause: error,
      });
    }
  }

  async #discover(): Promise<Discovered> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const client = await discovery(
      issuer,
      clientId,
      undefined,
      clientSecret === null ? None() : byMetadata(clientSecret),
      {
        [customFetch]: boundedFetch(this.#http),
        timeout: PROVIDER_TIMEOUT_SECONDS,
        execute: [
          enableNonRepudiationChecks,
          ...(issuer.protocol === "http:" ? [allowInsecureRequests] : []),
        ],
      },
    );
    return { client, at: this.#now().getTime() };
  }
}

const redeem = async (
  client: Configuration,
  address: URL,
  pending: PendingSignIn,
  { trustEmail }: OpenIdSettings,
): Promise<ProvenIdentity> => {
  const tokens = await authorizationCodeGrant(client, address, {
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    pkceCodeVerifier: pending.codeVerifier,
    idTokenExpected: true,
  });
  const token = tokens.claims();
  if (token === undefined) throw new Error("The provider gave no ID token.");
  // Providers may leave the profile, or a part of it, to their UserInfo endpoint.
  const isWhole = token.email !== undefined && token.email_verified !== undefined;
  const profile =
    isWhole || client.serverMetadata().userinfo_endpoint === undefined
      ? token
      : joined(token, await fetchUserInfo(client, tokens.access_token, token.sub));
  return {
    issuer: token.iss,
    subject: token.sub,
    email: typeof profile.email === "string" ? profile.email : null,
    emailVerified: isVerified(profile.email_verified, trustEmail),
    name: typeof profile.name === "string" ? profile.name : null,
  };
};

type Profile = Readonly<Record<string, unknown>>;

/** What UserInfo says of an address holds for that address, and for no other that the token may name. */
const joined = (token: Profile, userInfo: Profile): Profile =>
  token.email === undefined || token.email === userInfo.email
    ? { ...token, ...userInfo }
    : { ...userInfo, email: token.email, email_verified: token.email_verified };

/** Some providers send the text "true"; some say nothing, and the operator may trust those. A `false` is always believed. */
const isVerified = (claim: unknown, trustEmail: boolean): boolean =>
  claim === true || claim === "true" || (claim === undefined && trustEmail);

/** The secret in the header, which is the rule, unless the provider says that it takes it in the body only. */
const byMetadata = (secret: string): ClientAuth => {
  const [inHeader, inBody] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const takesHeader = methods === undefined || methods.includes("client_secret_basic");
    return (takesHeader ? inHeader : inBody)(server, client, body, headers);
  };
};
