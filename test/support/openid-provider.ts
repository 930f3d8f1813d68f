import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Configuration, Provider } from "oidc-provider";

/** Claims about whoever signs in next; `sub` is the provider's name for them. */
export interface TestPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next with a browser that has no session with the provider. */
  person: TestPerson;
  /** With whom the provider refuses to go on. */
  refuses: boolean;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server of `handler` on loopback. */
export const listen = async (handler: Handler, port = 0) => {
  const server = createServer((request, response) => {
    Promise.resolve(handler(request, response)).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = await listen(() => undefined);
  await server.close();
  return Number(new URL(server.url).port);
};

/** A real provider, whose people need not type anything. `clients` may come back to any of `redirectUris`. */
export const startProvider = async (options: {
  port: number;
  redirectUri: string;
  clients: readonly { client_id: string; client_secret?: string }[];
}): Promise<TestProvider> => {
  let provider: Provider | undefined;
  const people = new Map<string, TestPerson>();
  const state = { person: { sub: "nobody" } as TestPerson, refuses: false };
  const server = await listen(async (request, response) => {
    if (provider === undefined) throw new Error("The provider has not started.");
    if (request.url?.startsWith("/interaction/") !== true) {
      await provider.callback()(request, response);
      return;
    }
    people.set(state.person.sub, state.person);
    const result = state.refuses
      ? { error: "access_denied", error_description: "Not today" }
      : { login: { accountId: state.person.sub } };
    await provider.interactionFinished(request, response, result);
  }, options.port);
  provider = new Provider(server.url, configurationOf(options, people));
  return Object.assign(state, { issuer: server.url, close: server.close });
};

const configurationOf = (
  { clients, redirectUri }: Parameters<typeof startProvider>[0],
  people: ReadonlyMap<string, TestPerson>,
): Configuration => ({
  clients: clients.map((client) => ({
    ...client,
    ...(client.client_secret === undefined && { token_endpoint_auth_method: "none" }),
    redirect_uris: [redirectUri],
  })),
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async (ctx) => {
    const accountId = ctx.oidc.session?.accountId;
    const clientId = ctx.oidc.client?.clientId;
    if (accountId === undefined || clientId === undefined) return undefined;
    const grant = new ctx.oidc.provider.Grant({ accountId, clientId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
  cookies: { keys: ["of the tests"] },
  jwks: { keys: [{ ...signingKey().export({ format: "jwk" }), use: "sig", kid: "real" } as { kty: string }] },
  ttl: {
    Session: 3600,
    Interaction: 600,
    Grant: 3600,
    AccessToken: 600,
    IdToken: 600,
    AuthorizationCode: 60,
  },
});

const signingKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
