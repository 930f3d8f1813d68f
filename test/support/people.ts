import { expect } from "vitest";
import { type Answer, Api } from "./api.ts";
import { ADMIN } from "./server.ts";

/** Somebody who is signed in, as a browser is: by cookie. */
export class Person {
  readonly email: string;
  readonly password: string;
  readonly #api: Api;
  #cookie = "";

  constructor(url: string, email: string, password: string) {
    this.#api = new Api(url, null);
    this.email = email;
    this.password = password;
  }

  async signIn(password = this.password): Promise<Answer> {
    const answer = await this.#api.post("/api/auth/sign-in", { email: this.email, password });
    if (answer.status === 200) this.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    return answer;
  }

  get headers(): Record<string, string> {
    return { cookie: this.#cookie };
  }

  get(path: string): Promise<Answer> {
    return this.call("GET", path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.call("POST", path, body);
  }

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.#api.call(method, path, body, this.headers);
  }
}

/** The administrator of the deployment, signed in. */
export const signedInAdministrator = async (url: string): Promise<Person> => {
  const admin = new Person(url, ADMIN.email, ADMIN.password);
  expect((await admin.signIn()).status).toBe(200);
  return admin;
};

/** A new person who is a member of the organization, which is made when there is none. */
export const signedUp = async (
  url: string,
  email: string,
  { organization, role }: { organization: string; role: "owner" | "admin" | "member" | "viewer" },
): Promise<Person> => {
  const admin = await signedInAdministrator(url);
  await admin.post("/api/orgs", { slug: organization, name: organization });
  const person = new Person(url, email, `the password of ${email}`);
  const added = await admin.post(`/api/orgs/${organization}/members`, {
    email,
    role,
    name: email,
    password: person.password,
  });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  expect((await person.signIn()).status).toBe(200);
  return person;
};
