import { Readable } from "node:stream";
import type { Backups } from "@patchbay/core";
import { bytes } from "../openapi/describe.ts";
import { type App, answers } from "../route.ts";

/** For administrators of the deployment, whatever its role is. */
export const backupRoutes = (app: App, { backups }: { readonly backups: Backups }): void => {
  app.get(
    "/api/system/backup",
    {
      // Asking for the headers alone would make a whole backup.
      exposeHeadRoute: false,
      schema: {
        tags: ["Deployment"],
        operationId: "makeBackup",
        summary: "Make a backup of the deployment",
        description:
          "A tar of all rows and artifacts as they are at this moment, without the secret keys. It is whole only with `end.json` as its last file, as `patchbay backup` checks.",
        response: answers({ 200: bytes("application/x-tar", "The tar") }),
      },
    },
    async ({ principal }, reply) => {
      const backup = await backups.make(principal);
      const stream = Readable.from(backup, { objectMode: false });
      // Who goes away before the first byte was asked for leaves the generator unstarted, which then closes nothing.
      stream.once("close", () => void backup[Symbol.asyncDispose]());
      return await reply
        .headers({
          "content-type": "application/x-tar",
          "content-disposition": 'attachment; filename="patchbay-backup.tar"',
          "cache-control": "no-store",
        })
        .send(stream);
    },
  );
};
