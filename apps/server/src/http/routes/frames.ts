import { createHash } from "node:crypto";
import type { Catalog, Database } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { holds } from "../entity-tags.ts";
import { type FrameFile, IMPORT_MAP, readFrameFiles } from "../frame-files.ts";
import type { App } from "../route.ts";
import type { Site } from "../site.ts";

const Digest = Type.Object({ digest: Type.String({ pattern: "^[0-9a-f]{64}$" }) });
const IMPORT_MAP_HASH = createHash("sha256").update(IMPORT_MAP).digest("base64");
/** Bundles are named by their content. */
const FOREVER = "public, max-age=31536000, immutable";

/** The same for every plugin: its own address names the bundle, and what it is for comes over the port. */
const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Plugin</title>
<script type="importmap">${IMPORT_MAP}</script>
<script type="module" src="boot.js"></script>
</head>
<body></body>
</html>
`;

/**
 * What frames of user-interface plugins load: public, since a frame has an opaque origin and no cookies. A bundle's digest is
 * what it takes to read it. Why each header is there: docs/adr/0005-frames-for-user-interface-plugins.md.
 */
export const frameRoutes = async (
  app: App,
  services: { readonly catalog: Catalog; readonly versions: Database["catalog"] },
  site: Site,
): Promise<void> => {
  const files = await readFrameFiles();
  const options = { config: { public: true }, schema: { hide: true } } as const;
  for (const [path, file] of files)
    app.get(path, options, async (request, reply) => sendScript(request, reply, file));

  app.get("/frame/:digest", { ...options, schema: { hide: true, params: Digest } }, async (request, reply) =>
    reply
      .headers(frameHeaders(site, request, request.params.digest))
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(DOCUMENT),
  );

  const bundles = new Set<string>();
  app.get(
    "/plugins/:digest/ui.js",
    { ...options, schema: { hide: true, params: Digest } },
    async ({ params: { digest } }, reply) => {
      // The store holds packages and server code too: only what a package names as its user interface is public.
      if (!bundles.has(digest) && !(await services.versions.isUiBundle(digest)))
        throw new PatchbayError("not_found", "There is no user interface with this digest.");
      bundles.add(digest);
      const { stream } = await services.catalog.openBundle(digest);
      return await asScript(reply).header("cache-control", FOREVER).send(stream);
    },
  );
};

const sendScript = (request: FastifyRequest, reply: FastifyReply, { content, gzip, etag }: FrameFile) => {
  asScript(reply).header("cache-control", "no-cache").header("etag", etag).header("vary", "accept-encoding");
  if (holds(request, etag)) return reply.code(304).send();
  const isPacked = request.headers["accept-encoding"]?.includes("gzip") === true;
  return isPacked ? reply.header("content-encoding", "gzip").send(gzip) : reply.send(content);
};

/** To an opaque origin every script is a foreign one. */
const asScript = (reply: FastifyReply): FastifyReply =>
  reply.header("access-control-allow-origin", "*").type("text/javascript; charset=utf-8");

const frameHeaders = (site: Site, request: FastifyRequest, digest: string): Record<string, string> => {
  const host = site.addressOf(request);
  const vendor = `${host}/vendor/`;
  const bundle = `${host}/plugins/${digest}/`;
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${vendor} ${bundle} ${host}/frame/boot.js 'sha256-${IMPORT_MAP_HASH}'`,
      "style-src 'unsafe-inline'",
      "img-src data: blob:",
      "font-src data:",
      "connect-src 'none'",
      "worker-src 'none'",
      "frame-src 'none'",
      "object-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
      `frame-ancestors ${site.originOf(request)}`,
      "sandbox allow-scripts",
    ].join("; "),
    "connection-allowlist": `("${vendor}*" "${bundle}*" "${host}/frame/*")`,
    "document-isolation-policy": "isolate-and-require-corp",
    "permissions-policy":
      "clipboard-read=(), clipboard-write=(), fullscreen=(), camera=(), microphone=(), geolocation=(), display-capture=()",
  };
};
