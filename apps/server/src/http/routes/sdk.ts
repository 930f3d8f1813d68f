import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { holds } from "../entity-tags.ts";
import type { App } from "../route.ts";
import type { Site } from "../site.ts";

/** What the build has made for authors of plugins, beside the sources. */
const FOLDER = join(import.meta.dirname, "../../../../../build/packages");

/** A package of npm, as the build lists it. */
interface PackageFile {
  /** With its scope. */
  readonly name: string;
  readonly version: string;
  /** Name of the tarball in FOLDER. */
  readonly file: string;
  readonly bytes: number;
  /** `sha512-` and the digest of the tarball in base64. */
  readonly integrity: string;
}

/**
 * The SDK, the command and the client of the API that belong to this server, as npm installs them: for everybody, since whoever builds
 * a plugin has no account here. Each is at an address that stays, `/sdk/sdk.tgz`, and at one with its version,
 * `/sdk/patchbay-sdk-1.0.0.tgz`; `/sdk/` lists them.
 */
export const sdkRoutes = (app: App, site: Site): void => {
  const list = join(FOLDER, "index.json");
  if (!existsSync(list)) {
    app.log.warn("The packages for authors of plugins are not built: node scripts/build.mjs builds them.");
    return;
  }
  const { packages } = JSON.parse(readFileSync(list, "utf8")) as {
    readonly packages: readonly PackageFile[];
  };
  const options = { config: { public: true }, schema: { hide: true } } as const;
  const describe = (request: FastifyRequest) => ({
    packages: packages.map(({ name, version, file, bytes, integrity }) => {
      const folder = `${site.addressOf(request)}/sdk`;
      return {
        name,
        version,
        url: `${folder}/${file}`,
        versionUrl: `${folder}/${versioned(file, version)}`,
        bytes,
        integrity,
      };
    }),
  });
  for (const path of ["/sdk", "/sdk/"])
    app.get(path, options, async (request, reply) =>
      reply.header("cache-control", "no-cache").send(describe(request)),
    );
  for (const found of packages) {
    const content = readFileSync(join(FOLDER, found.file));
    const name = versioned(found.file, found.version);
    for (const path of [`/sdk/${found.file}`, `/sdk/${name}`])
      app.get(path, options, async (request, reply) =>
        sendTarball(request, reply, { ...found, name, content }),
      );
  }
};

/** `sdk.tgz` of version 1.0.0 is `patchbay-sdk-1.0.0.tgz`, as npm would call it. */
const versioned = (file: string, version: string): string =>
  `patchbay-${file.replace(".tgz", `-${version}.tgz`)}`;

/** To be asked for again each time: a server under development has other bytes for the same version. */
const sendTarball = (
  request: FastifyRequest,
  reply: FastifyReply,
  { name, content, integrity }: PackageFile & { readonly content: Buffer },
): FastifyReply => {
  const digest = integrity.replace("sha512-", "");
  const etag = `"${digest}"`;
  reply.headers({ etag, "cache-control": "no-cache", "repr-digest": `sha-512=:${digest}:` });
  if (holds(request, etag)) return reply.code(304).send();
  return reply
    .header("content-disposition", `attachment; filename="${name}"`)
    .type("application/gzip")
    .send(content);
};
