import { PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import type { App } from "./route.ts";

/** What is refused before anything of the body is read. Must be registered before all routes. */
export const registerGuards = (app: App): void => {
  const methods = new KnownMethods();
  app.addHook("onRoute", ({ url, method }) => methods.add(url, [method].flat()));
  app.addHook("onRequest", (request, reply, done) => {
    try {
      requireOneHost(request);
      if (request.is404) {
        const allowed = methods.at(request.url.split("?", 1)[0] ?? "");
        if (allowed.length > 0) reply.header("allow", allowed.join(", "));
        throw nothingThere(request, allowed);
      }
      requireReadable(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
};

/** Two of them are two different requests to two parties on the way. */
const requireOneHost = ({ raw: { rawHeaders } }: FastifyRequest): void => {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts > 1) throw new PatchbayError("invalid_request", "The request names two hosts.");
};

/** A form is read by routes that say so. */
const requireReadable = ({ headers, routeOptions: { schema } }: FastifyRequest): void => {
  const type = headers["content-type"];
  if (type === undefined || !/^\s*multipart\//i.test(type)) return;
  const consumes = (schema as { consumes?: readonly string[] } | undefined)?.consumes ?? [];
  if (consumes.includes("multipart/form-data")) return;
  throw new PatchbayError("unsupported_media_type", "This route does not read a form. Send JSON.");
};

const nothingThere = ({ method, url }: FastifyRequest, allowed: readonly string[]): PatchbayError =>
  allowed.length === 0
    ? new PatchbayError("not_found", `There is nothing at ${method} ${url.slice(0, 200)}.`)
    : new PatchbayError(
        "method_not_allowed",
        `${url.slice(0, 200)} knows ${allowed.join(", ")}, not ${method}.`,
      );

/** Which methods there are at an address, of routes with parameters too. */
class KnownMethods {
  readonly #byPattern = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  add(url: string, methods: readonly string[]): void {
    const known = this.#byPattern.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    // What answers at any address says nothing about this one.
    if (url === "*" || url === "/*") return;
    for (const method of methods) known.methods.add(method);
    this.#byPattern.set(url, known);
  }

  at(path: string): string[] {
    const found = [...this.#byPattern.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

const patternOf = (url: string): RegExp => {
  const parts = url.split(/(:\w+|\*)/).map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
};
