import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Published } from "@patchbay/core";
import { PatchbayError, ReasonBody, SUBMISSION_STATES, SubmissionDto } from "@patchbay/protocol";
import Type from "typebox";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import { toSubmissionDto } from "../../../registry/registry-views.ts";
import { sendArtifact } from "../../artifact-download.ts";
import { created } from "../../created.ts";
import { clientGone } from "../../event-stream.ts";
import { bytes, elsewhere } from "../../openapi/describe.ts";
import { receivePackage } from "../../package-upload.ts";
import { type App, answers, listOf, PageQuery, pageOf } from "../../route.ts";
import type { FindRegistryCaller } from "./caller.ts";

const CREATED = 201;
const HELD = 202;
const KNOWN = 200;
const Submission = Type.Object({ id: Type.String({ maxLength: 20 }) });
const SubmissionQuery = Type.Object(
  { state: Type.Optional(Type.Enum([...SUBMISSION_STATES])), ...PageQuery },
  { additionalProperties: false },
);

/** Sending packages, and deciding on those that were held back. */
export const publishingRoutes = (
  app: App,
  { registry, uploads }: { readonly registry: RegistryServices; readonly uploads: string },
  findCaller: FindRegistryCaller,
): void => {
  const tags = ["Registry: publishers"];
  const { publishing, documents } = registry;

  app.post(
    "/registry/v1/packages",
    {
      config: { describes: { upload: "package" } },
      schema: {
        tags,
        operationId: "publishPackage",
        summary: "Publish a package",
        description:
          "A multipart body with the zip as `package`. 201: published. 202: held back until an administrator of the registry has looked. 200: these bytes were sent before. 422 `package_rejected` has the reasons in `findings`.",
        consumes: ["multipart/form-data"],
        response: answers({ 200: SubmissionDto, 201: SubmissionDto, 202: SubmissionDto }),
      },
    },
    async (request, reply) => {
      await publishing.admit(request.registryCaller);
      if (!request.isMultipart())
        throw new PatchbayError("unsupported_media_type", 'Send the zip as the multipart field "package".');
      const folder = await mkdtemp(join(uploads, "publish-"));
      try {
        const path = join(folder, "package.zip");
        await receivePackage(request, path);
        // That may have taken minutes, in which a token was deleted.
        const caller = await findCaller(request);
        const published = await publishing.publish(caller, path, clientGone(reply));
        if (published.state === "rejected") throw rejection(published);
        documents.changed(`packages/${published.plugin}`);
        const { plugin, version } = published;
        if (statusOf(published) === CREATED)
          created(reply, "registry", "v1", "packages", plugin, "versions", version);
        else reply.code(statusOf(published));
        return await reply.send(toSubmissionDto(published.submission ?? published));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  app.get(
    "/registry/v1/publishers/:publisher/submissions",
    {
      schema: {
        tags,
        operationId: "listPublisherSubmissions",
        summary: "What was sent in the publisher's name, and what became of it",
        params: Type.Object({ publisher: Type.String({ maxLength: 64 }) }),
        querystring: SubmissionQuery,
        response: answers({ 200: listOf(SubmissionDto) }),
      },
    },
    async ({ registryCaller: caller, params: { publisher }, query: { state, ...page } }) =>
      toPage(await publishing.submissions(caller, { publisher, ...(state && { state }), ...pageOf(page) })),
  );

  app.get(
    "/registry/v1/submissions",
    {
      schema: {
        tags: ["Registry: operator"],
        operationId: "listSubmissions",
        summary: "What was sent by everybody",
        querystring: SubmissionQuery,
        response: answers({ 200: listOf(SubmissionDto) }),
      },
    },
    async ({ registryCaller: caller, query: { state, ...page } }) =>
      toPage(await publishing.submissions(caller, { ...(state && { state }), ...pageOf(page) })),
  );

  app.get(
    "/registry/v1/submissions/:id/artifact",
    {
      config: { describes: { headers: ["Range"] } },
      schema: {
        tags: ["Registry: operator"],
        operationId: "downloadSubmission",
        summary: "Download what was held back, to look at it",
        params: Submission,
        response: answers({
          200: bytes("application/zip", "The zip"),
          302: elsewhere("The zip is at the address in Location"),
        }),
      },
    },
    async (request, reply) => {
      const { manifest, digest, sizeBytes } = await publishing.held(
        request.registryCaller,
        request.params.id,
      );
      const as = { fileName: `${manifest.id}-${manifest.version}.zip`, mediaType: "application/zip" };
      const download = { digest, sizeBytes, fileName: as.fileName, cache: "private" } as const;
      return await sendArtifact(request, reply, download, {
        bytes: null,
        address: () => registry.artifacts.addressOf(digest, as),
        open: (range) => registry.artifacts.open(digest, range),
      });
    },
  );

  app.post(
    "/registry/v1/submissions/:id/release",
    {
      schema: {
        tags: ["Registry: operator"],
        operationId: "releaseSubmission",
        summary: "Publish what was held back",
        params: Submission,
        response: answers({ 200: SubmissionDto }),
      },
    },
    async ({ registryCaller: caller, params: { id } }) => {
      const released = await publishing.release(caller, id);
      documents.changed(`packages/${released.plugin}`);
      return toSubmissionDto(released);
    },
  );

  app.post(
    "/registry/v1/submissions/:id/reject",
    {
      schema: {
        tags: ["Registry: operator"],
        operationId: "rejectSubmission",
        summary: "Refuse what was held back",
        params: Submission,
        body: ReasonBody,
        response: answers({ 200: SubmissionDto }),
      },
    },
    async ({ registryCaller: caller, params: { id }, body: { reason } }) =>
      toSubmissionDto(await publishing.reject(caller, id, reason)),
  );
};

type Submissions = Awaited<ReturnType<RegistryServices["publishing"]["submissions"]>>;

const toPage = ({ items, cursor }: Submissions) => ({
  items: items.map(toSubmissionDto),
  ...(cursor !== undefined && { cursor }),
});

const statusOf = ({ submission, state }: Published) => {
  if (submission === null) return KNOWN;
  return state === "quarantined" ? HELD : CREATED;
};

const rejection = ({ plugin, version, findings, submission }: Published): PatchbayError => {
  const faults = findings.filter(({ level }) => level === "error");
  return new PatchbayError(
    "package_rejected",
    `${plugin} ${version} was not published. ${faults.map(({ message }) => message).join(" ")}`,
    { facts: { findings, ...(submission !== null && { submission: submission.id }) } },
  );
};
