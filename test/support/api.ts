import { BOOTSTRAP_KEY } from "./server.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  readonly body: any;
}

/** Calls the API as somebody, by API key. Bodies are JSON unless they are a form. */
export class Api {
  readonly #url: string;
  readonly #key: string | null;

  constructor(url: string, key: string | null = BOOTSTRAP_KEY) {
    this.#url = url;
    this.#key = key;
  }

  as(key: string | null): Api {
    return new Api(this.#url, key);
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call("GET", path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call("POST", path, body, headers);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call("PUT", path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.call("DELETE", path);
  }

  upload(path: string, zip: Uint8Array): Promise<Answer> {
    const form = new FormData();
    form.append("package", new Blob([Uint8Array.from(zip)]), "package.zip");
    return this.call("POST", path, form);
  }

  /** The answer as it came: for bytes. */
  raw(path: string): Promise<Response> {
    return fetch(new URL(path, this.#url), {
      headers: this.#key === null ? {} : { authorization: `Bearer ${this.#key}` },
    });
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const isForm = body instanceof FormData;
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: {
        ...(this.#key !== null && { authorization: `Bearer ${this.#key}` }),
        ...(body !== undefined && !isForm && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== "" && response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
}
