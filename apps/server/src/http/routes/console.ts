import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type App, registerPublic } from "../route.ts";
import type { Site } from "../site.ts";

/** The built console, made by the build beside the sources. */
const FOLDER = join(import.meta.dirname, "../../../../../build/console");
/** Addresses that the console's own router resolves. */
const PAGES = ["/", "/sign-in", "/setup", "/password", "/join", "/o/*"];
const NONCE_BYTES = 16;
const NONCE_MARK = "%CSP_NONCE%";
const ADDRESS_MARK = "%ADDRESS%";
const BASE_MARK = "%BASE%";
const PUBLIC = { config: { public: true }, schema: { hide: true } } as const;

/**
 * Serves the console: its page at every address of its own, and the files that the page loads. Without a built console, `/` leads to
 * the description of the HTTP API.
 */
export const consoleRoutes = async (app: App, site: Site): Promise<void> => {
  if (!existsSync(FOLDER)) {
    app.log.warn("The console is not built: node scripts/build.mjs builds it.");
    app.get("/", PUBLIC, async (_request, reply) => reply.redirect(`${site.base}/docs`));
    return;
  }
  // The build names files from where the page lies; the page is at many addresses.
  const page = readFileSync(join(FOLDER, "index.html"), "utf8")
    .replaceAll('="./', `="${site.base}/`)
    .replaceAll(BASE_MARK, site.base);
  const sendPage = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // Never a redirect: behind a proxy that changes the Host it would lead back to itself. The page says where it belongs.
    const address = site.addressOf(request);
    const nonce = randomBytes(NONCE_BYTES).toString("base64");
    return reply
      .header("content-security-policy", policy(address, nonce))
      .header("cross-origin-opener-policy", "same-origin")
      .header("x-frame-options", "DENY")
      .type("text/html; charset=utf-8")
      .send(page.replace(NONCE_MARK, nonce).replaceAll(ADDRESS_MARK, address));
  };
  for (const path of PAGES) app.get(path, PUBLIC, async (request, reply) => sendPage(request, reply));
  await registerPublic(app, async (files) => {
    // What the build names by its content never changes.
    await files.register(fastifyStatic, {
      root: join(FOLDER, "assets"),
      prefix: "/assets/",
      decorateReply: false,
      preCompressed: true,
      index: false,
      immutable: true,
      maxAge: "365d",
    });
    for (const name of ["icon.svg", "color-scheme.js"]) {
      const content = readFileSync(join(FOLDER, name));
      const type = name.endsWith(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
      files.get(`/${name}`, async (_request, reply) =>
        reply.header("cache-control", "public, max-age=3600").type(type).send(content),
      );
    }
  });
};

/**
 * Nothing but the console's own scripts run, and styles that carry the mark of this very answer. Frames show plugins'
 * panels and nothing else, so that a panel cannot leave by navigating itself.
 */
const policy = (address: string, nonce: string): string =>
  [
    "default-src 'none'",
    `script-src ${address}/assets/ ${address}/color-scheme.js`,
    `style-src ${address}/assets/ 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    `frame-src ${address}/frame/`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
