import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { listen } from "./openid-provider.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** What the provider does otherwise than it should. */
export interface Lie {
  readonly claims?: (honest: Claims) => Claims;
  /** Makes the signed token of header, payload and the provider's own key. */
  readonly token?: (header: Claims, payload: Claims, key: KeyObject) => string;
  /** The whole answer of the token endpoint. */
  readonly answer?: { readonly status: number; readonly body: string };
  /** Query of the way back. */
  readonly back?: (honest: Record<string, string>) => Record<string, string>;
}

const part = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export const signedBy = (key: KeyObject, header: Claims, payload: Claims): string => {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
};
export const unsigned = (header: Claims, payload: Claims): string =>
  `${part({ ...header, alg: "none" })}.${part(payload)}.`;
export const signedWith = (secret: string, header: Claims, payload: Claims): string => {
  const signed = `${part({ ...header, alg: "HS256" })}.${part(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};
export const newKey = (): KeyObject => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** A provider that says what it is told to. `person` is whom it vouches for; without a `lie` it is honest. */
export const startLyingProvider = async (clientId: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const state = {
    person: { sub: "x" } as Claims,
    lie: {} as Lie,
    /** What the way out said, for the token to repeat. */
    nonce: "",
    algorithms: ["RS256"],
  };
  const tokenOf = (issuer: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const honest = {
      iss: issuer,
      aud: clientId,
      iat: now,
      exp: now + 300,
      nonce: state.nonce,
      ...state.person,
    };
    const claims = state.lie.claims?.(honest) ?? honest;
    const header = { alg: "RS256", kid: "own", typ: "JWT" };
    return state.lie.token?.(header, claims, privateKey) ?? signedBy(privateKey, header, claims);
  };
  const server = await listen((request, response) => {
    const issuer = `http://${request.headers.host}`;
    const url = new URL(request.url ?? "/", issuer);
    const json = (body: unknown) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: state.algorithms,
        });
        return;
      case "/keys":
        json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "own", use: "sig", alg: "RS256" }] });
        return;
      case "/authorize": {
        state.nonce = url.searchParams.get("nonce") ?? "";
        const honest = { code: "c", state: url.searchParams.get("state") ?? "" };
        const back = new URL(url.searchParams.get("redirect_uri") ?? "");
        back.search = new URLSearchParams(state.lie.back?.(honest) ?? honest).toString();
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      case "/token":
        if (state.lie.answer !== undefined) {
          const { status, body } = state.lie.answer;
          response.writeHead(status, { "content-type": "application/json" }).end(body);
          return;
        }
        json({ access_token: "a", token_type: "Bearer", expires_in: 60, id_token: tokenOf(issuer) });
        return;
      default:
        response.writeHead(404).end();
    }
  });
  return Object.assign(state, { issuer: server.url, close: server.close });
};
