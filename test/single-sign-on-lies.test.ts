import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "./support/browser.ts";
import {
  type Lie,
  newKey,
  signedBy,
  signedWith,
  startLyingProvider,
  unsigned,
} from "./support/lying-provider.ts";
import { type TestServer, temporaryFolder } from "./support/server.ts";
import { CLIENT, SignIns, startServerWithProvider } from "./support/sign-in.ts";

describe("a provider that lies", () => {
  let provider: Awaited<ReturnType<typeof startLyingProvider>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let count = 0;
  const signIns = new SignIns(() => server);

  beforeAll(async () => {
    provider = await startLyingProvider(CLIENT.client_id);
    provider.algorithms = ["RS256", "HS256", "none"];
    folder = await temporaryFolder();
    server = await startServerWithProvider({ dataDir: folder.path, issuer: provider.issuer, port: 0 });
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.close();
    await folder?.remove();
  });

  const attempt = async (lie: Lie) => {
    count += 1;
    const browser = new Browser();
    const email = `victim-${count}@allowed.example`;
    provider.person = { sub: `victim-${count}`, email, email_verified: true };
    provider.lie = lie;
    return { browser, email, page: await signIns.complete(browser) };
  };
  const expectLieRefused = async (lie: Lie, code = "sign_in_failed") => {
    const { browser, email, page } = await attempt(lie);
    await signIns.expectRefused(browser, page, code);
    expect(await signIns.hasAccount(email)).toBe(false);
    // The same person, told of honestly.
    provider.lie = {};
    const honest = new Browser();
    await signIns.expectSignedIn(honest, await signIns.complete(honest), email);
  };
  const claims = (change: Record<string, unknown>): Lie => ({
    claims: (honest) => ({ ...honest, ...change }),
  });
  const now = () => Math.floor(Date.now() / 1000);

  it.each<[string, () => Lie]>([
    ["for another sign-in (nonce)", () => claims({ nonce: "another" })],
    ["without a nonce", () => claims({ nonce: undefined })],
    ["for another application (audience)", () => claims({ aud: "another" })],
    ["for several applications, without saying whose", () => claims({ aud: [CLIENT.client_id, "another"] })],
    ["of another issuer", () => claims({ iss: "https://another.example" })],
    ["that has expired", () => claims({ iat: now() - 7_200, exp: now() - 3_600 })],
    ["that never expires", () => claims({ exp: undefined })],
    ["without a subject", () => claims({ sub: undefined })],
    ["with a foreign signature", () => ({ token: (header, payload) => signedBy(newKey(), header, payload) })],
    [
      "with the signature of a key that nobody published",
      () => ({ token: (header, payload) => signedBy(newKey(), { ...header, kid: "unknown" }, payload) }),
    ],
    ["without a signature (alg none)", () => ({ token: unsigned })],
    [
      "signed with the client's secret (HS256)",
      () => ({ token: (header, payload) => signedWith(CLIENT.client_secret, header, payload) }),
    ],
    [
      "with claims that were changed after signing",
      () => ({
        token: (header, payload, key) => {
          const [head, , signature] = signedBy(key, header, { ...payload, sub: "other" }).split(".");
          return `${head}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
        },
      }),
    ],
  ])("is not believed a token %s", async (_name, lie) => {
    await expectLieRefused(lie());
  });

  it("is not believed without a token, with another state, or in another's name", async () => {
    const answer = { status: 200, body: JSON.stringify({ access_token: "a", token_type: "Bearer" }) };
    await expectLieRefused({ answer });
    await expectLieRefused({ back: (honest) => ({ ...honest, state: "another" }) });
    await expectLieRefused({ back: (honest) => ({ ...honest, iss: "https://another.example" }) });
  });

  it("is away when its answer is broken or endless", async () => {
    await expectLieRefused({ answer: { status: 503, body: "{}" } }, "sign_in_unavailable");
    const endless = JSON.stringify({ access_token: "a".repeat(1024 * 1024), token_type: "Bearer" });
    await expectLieRefused({ answer: { status: 200, body: endless } }, "sign_in_unavailable");
  });

  it("leaves nothing of its tokens in the log", async () => {
    await expect.poll(() => server.output()).toContain("was refused");
    expect(server.output()).not.toMatch(/eyJ|victim-/);
  });

  it("is asked for no more than people need: too many sign-ins of one client have to wait", async () => {
    provider.lie = {};
    const codes = new Set<number>();
    for (let sent = 0; sent < 400; sent += 1) {
      const { status } = await new Browser().visit(signIns.begin());
      codes.add(status);
    }
    expect([...codes]).toEqual([302, 429]);
  });
});
