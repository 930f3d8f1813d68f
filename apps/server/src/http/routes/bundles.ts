import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { readBundle, writeBundle } from "@patchbay/artifact";
import type { Bundles, PackageTrust } from "@patchbay/core";
import { BundleBody, ImportedBundleDto, MAX_BUNDLE_BYTES } from "@patchbay/protocol";
import Type from "typebox";
import { created } from "../created.ts";
import { clientGone } from "../event-stream.ts";
import { receiveFile } from "../multipart.ts";
import { bytes } from "../openapi/describe.ts";
import { type App, answers, Org } from "../route.ts";
import { toVersionDto } from "../views.ts";

const tags = ["Bundles"];
const base = "/api/orgs/:org/bundles";

interface BundleNeeds {
  readonly bundles: Bundles;
  readonly trust: PackageTrust;
  readonly uploads: string;
}

/** Packages with all that they need as one file. */
export const bundleRoutes = (app: App, { bundles, trust, uploads }: BundleNeeds): void => {
  app.post(
    base,
    {
      schema: {
        tags,
        operationId: "makeBundle",
        summary: "Make a bundle",
        description:
          "A tar of the packages and of all that they need, for deployments without a network; of all that is installed unless told.",
        params: Org,
        body: Type.Union([BundleBody, Type.Null()]),
        response: answers({ 200: bytes("application/x-tar", "The tar") }),
      },
    },
    async ({ principal, params, body }, reply) => {
      const manifest = await bundles.describe(principal, params.org, body ?? {});
      return await reply
        .headers({
          "content-type": "application/x-tar",
          "content-disposition": `attachment; filename="${params.org}.patchbay.tar"`,
          "cache-control": "no-store",
        })
        .send(writeBundle(manifest, (digest) => bundles.open(digest)));
    },
  );

  app.post(
    `${base}/import`,
    {
      config: { describes: { upload: "bundle" } },
      schema: {
        tags,
        operationId: "importBundle",
        summary: "Take the packages of a bundle into the catalog",
        description:
          "A multipart body with the tar as `bundle`. All of its packages come in, or none; nothing is installed.",
        consumes: ["multipart/form-data"],
        params: Org,
        querystring: Type.Object(
          {
            trustKeys: Type.Optional(
              Type.Boolean({
                default: false,
                description: "Take over the publishers' keys in it; for administrators of the deployment",
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: answers({ 201: ImportedBundleDto }),
      },
    },
    async (request, reply) => {
      const { org } = request.params;
      const authority = bundles.authorizeImport(request.principal, org);
      const folder = await mkdtemp(join(uploads, "bundle-"));
      try {
        const of = { field: "bundle", maxBytes: MAX_BUNDLE_BYTES };
        const bundle = await receiveFile(request, of, (file) => readBundle(file, folder));
        if (request.query.trustKeys === true) await bundles.learnKeys(authority, bundle);
        const versions = await bundles.import(authority, bundle, clientGone(reply));
        const { roots, lock } = bundle.manifest;
        return await created(reply, "api", "orgs", org, "catalog").send({
          packages: await Promise.all(
            versions.map(async (one) => toVersionDto(one, await trust.judge(one), org)),
          ),
          roots,
          ...(lock !== undefined && { lock }),
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
};
