import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient } from "@patchbay/egress";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_PROVIDER_ANSWER_BYTES, METADATA_AGE_MS } from "./limits.ts";
import { OpenIdProvider } from "./openid-provider.ts";

const REDIRECT = "https://patchbay.example/api/auth/oidc/callback";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A provider's server: what it says of itself, and how often it was asked. `change` is laid over the honest words. */
const serve = async (change: Record<string, unknown> = {}) => {
  const state = {
    issuer: "",
    asked: 0,
    isAway: false,
    token: (_request: IncomingMessage, _body: string, response: ServerResponse): void =>
      void response.end("{}"),
  };
  const server = createServer(async (request, response) => {
    if (state.isAway) {
      response.destroy();
      return;
    }
    response.setHeader("content-type", "application/json");
    if (request.url !== "/token") {
      state.asked += 1;
      const { issuer } = state;
      const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
      response.end(JSON.stringify({ issuer, ...endpoints, jwks_uri: `${issuer}/keys`, ...change }));
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    state.token(request, body, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  state.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
};

const providerOf = (issuer: string, clientSecret: string | null = "s+c&r t") => {
  const clock = { now: Date.parse("2026-03-01T12:00:00Z") };
  const settings = {
    issuer: new URL(issuer),
    clientId: "patchbay",
    clientSecret,
    name: "x",
    allowedDomains: [],
    trustEmail: false,
  };
  return { clock, provider: new OpenIdProvider(new HttpClient(), settings, () => new Date(clock.now)) };
};

describe("what a provider says of itself", () => {
  it("is asked for when first needed, once for all who wait, and again after an hour", async () => {
    const server = await serve();
    const { provider, clock } = providerOf(server.issuer);
    expect(server.asked).toBe(0);
    const begun = await Promise.all([1, 2, 3].map(() => provider.begin(REDIRECT, "/a")));
    expect(server.asked).toBe(1);
    expect(new Set(begun.map(({ pending }) => pending.state)).size).toBe(3);
    const query = begun[0]?.url.searchParams;
    expect(begun[0]?.url.href).toContain(`${server.issuer}/authorize?`);
    expect(query?.get("redirect_uri")).toBe(REDIRECT);
    expect(query?.get("state")).toBe(begun[0]?.pending.state);
    expect(query?.get("nonce")).toBe(begun[0]?.pending.nonce);
    expect(query?.get("code_challenge")).not.toBe(begun[0]?.pending.codeVerifier);
    clock.now += METADATA_AGE_MS - 1;
    await provider.begin(REDIRECT, "/");
    expect(server.asked).toBe(1);
    clock.now += 1;
    await provider.begin(REDIRECT, "/");
    expect(server.asked).toBe(2);
  });

  it("is asked for again after a failure, and used on when it is old and cannot be had anew", async () => {
    const server = await serve();
    server.isAway = true;
    const { provider, clock } = providerOf(server.issuer);
    await expect(provider.begin(REDIRECT, "/")).rejects.toMatchObject({ code: "sign_in_unavailable" });
    server.isAway = false;
    await provider.begin(REDIRECT, "/");
    clock.now += METADATA_AGE_MS;
    server.isAway = true;
    await provider.begin(REDIRECT, "/");
    expect(server.asked).toBe(1);
  });

  it("is not taken when it is another's, too long, or leads off this machine without encryption", async () => {
    const long = await serve({ padding: "x".repeat(MAX_PROVIDER_ANSWER_BYTES) });
    await expect(providerOf(long.issuer).provider.begin(REDIRECT, "/")).rejects.toMatchObject({
      code: "sign_in_unavailable",
    });
    const other = await serve({ issuer: "https://another.example" });
    await expect(providerOf(other.issuer).provider.begin(REDIRECT, "/")).rejects.toMatchObject({
      code: "sign_in_unavailable",
    });
    const open = await serve({ token_endpoint: "http://login.example.org/token" });
    const { provider } = providerOf(open.issuer);
    const { pending } = await provider.begin(REDIRECT, "/");
    await expect(
      provider.complete(new URL(`${REDIRECT}?code=c&state=${pending.state}`), pending),
    ).rejects.toMatchObject({ code: "sign_in_unavailable" });
  });
});

describe("the client's secret", () => {
  const sentTo = async (metadata: Record<string, unknown>, secret: string | null) => {
    const server = await serve(metadata);
    const { provider } = providerOf(server.issuer, secret);
    let sent = { header: "", body: new URLSearchParams() };
    server.token = (request, body, response) => {
      sent = { header: request.headers.authorization ?? "", body: new URLSearchParams(body) };
      response.writeHead(400).end(JSON.stringify({ error: "invalid_grant" }));
    };
    const { pending } = await provider.begin(REDIRECT, "/");
    await expect(
      provider.complete(new URL(`${REDIRECT}?code=c&state=${pending.state}`), pending),
    ).rejects.toMatchObject({ code: "sign_in_failed" });
    expect(sent.body.get("code_verifier")).toBe(pending.codeVerifier);
    expect(sent.body.get("redirect_uri")).toBe(REDIRECT);
    return sent;
  };

  it("goes in the header, or in the body where the provider takes it there only, or is not needed", async () => {
    const usual = await sentTo({}, "s+c&r t");
    expect(Buffer.from(usual.header.replace("Basic ", ""), "base64").toString()).toBe("patchbay:s%2Bc%26r+t");
    expect(usual.body.get("client_secret")).toBeNull();
    const inBody = await sentTo({ token_endpoint_auth_methods_supported: ["client_secret_post"] }, "s+c&r t");
    expect(inBody).toMatchObject({ header: "" });
    expect(inBody.body.get("client_secret")).toBe("s+c&r t");
    const without = await sentTo({}, null);
    expect(without).toMatchObject({ header: "" });
    expect(without.body.get("client_id")).toBe("patchbay");
    expect(without.body.get("client_secret")).toBeNull();
  });
});
