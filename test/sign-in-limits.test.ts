import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** What may be known of an attempt that failed, and nothing more. */
const WRONG = "not the password";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_TRUSTED_PROXIES: "127.0.0.0/8, ::1" },
  });
  api = new Api(server.url, null);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const signIn = (from: string, password = ADMIN.password, email = ADMIN.email) =>
  api.post("/api/auth/sign-in", { email, password }, { "x-forwarded-for": from });

/** Fails until it is told to wait; the answer that says so. */
const guessUntilRefused = async (from: string, email = ADMIN.email) => {
  for (let guesses = 0; guesses < 130; guesses += 1) {
    const answer = await signIn(from, WRONG, email);
    if (answer.status === 429) return { guesses, answer };
    expect(answer.body.code).toBe("bad_credentials");
  }
  throw new Error("Guessing was never slowed down.");
};

describe("signing in", () => {
  it("is slowed down for whoever guesses, and for nobody else", async () => {
    const { guesses, answer } = await guessUntilRefused("198.51.100.1");
    expect(guesses).toBeLessThan(15);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signIn("198.51.100.1")).status).toBe(429);
    expect((await signIn("198.51.100.2")).status).toBe(200);
  });

  it("gets its owner in from where they were before, whatever neighbours guess there", async () => {
    expect((await signIn("198.51.100.3")).status).toBe(200);
    for (let guess = 0; guess < 12; guess += 1)
      expect((await signIn("198.51.100.3", WRONG)).body.code).toBe("bad_credentials");
    expect((await signIn("198.51.100.3")).status).toBe(200);
    // Success forgets the failures of this account here.
    expect((await signIn("198.51.100.3", WRONG)).body.code).toBe("bad_credentials");
  });

  it("counts failures only: an office behind one address comes in", async () => {
    for (let person = 0; person < 120; person += 1) expect((await signIn("198.51.100.4")).status).toBe(200);
  }, 60_000);

  it("is slowed down for a network that tries one account after another, but not where an account was before", async () => {
    expect((await signIn("198.51.100.5")).status).toBe(200);
    let refused = 0;
    for (let person = 0; person < 105; person += 1)
      if ((await signIn("198.51.100.5", WRONG, `p${person}@example.org`)).status === 429) refused += 1;
    expect(refused).toBeGreaterThan(0);
    expect((await signIn("198.51.100.5")).status).toBe(200);
  }, 60_000);

  it("takes addresses of one network of IPv6 as one client", async () => {
    for (let guess = 0; guess < 12; guess += 1) await signIn(`2001:db8:0:1::${guess + 1}`, WRONG);
    expect((await signIn("2001:db8:0:1:aaaa::1")).status).toBe(429);
    expect((await signIn("2001:db8:0:2::1")).status).toBe(200);
  });

  it("does not let many guesses at once pass as one", async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => signIn("198.51.100.6", WRONG)));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
  });

  it("tells the operator who failed from where, without the password", () => {
    const lines = server
      .output()
      .split("\n")
      .filter((line) => line.includes("a sign-in failed"));
    expect(lines.some((line) => line.includes("198.51.100.1") && line.includes(ADMIN.email))).toBe(true);
    expect(server.output()).not.toContain(WRONG);
  });

  it("takes a password and an address however their letters are composed", async () => {
    const admin = await signIn("198.51.100.7");
    const cookie = { cookie: admin.headers.get("set-cookie")?.split(";")[0] ?? "" };
    const person = { email: "jos\u00e9@example.org", name: "José", password: "contrase\u00f1a larga" };
    const added = await api.post("/api/orgs/default/members", { ...person, role: "viewer" }, cookie);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    for (const form of ["NFC", "NFD"] as const) {
      const answer = await signIn(
        "198.51.100.7",
        person.password.normalize(form),
        person.email.normalize(form),
      );
      expect(answer.status, form).toBe(200);
    }
  });
});

describe("a server that trusts no proxy", () => {
  it("does not believe what a client says of its address", async () => {
    const own = await temporaryFolder();
    const other = await startServer({ dataDir: own.path });
    try {
      const at = new Api(other.url, null);
      const body = { email: "nobody@example.org", password: WRONG };
      const answers = [];
      for (let guess = 0; guess < 12; guess += 1)
        answers.push(await at.post("/api/auth/sign-in", body, { "x-forwarded-for": `198.51.100.${guess}` }));
      expect(answers.at(-1)?.status).toBe(429);
    } finally {
      await other.stop();
      await own.remove();
    }
  });
});
