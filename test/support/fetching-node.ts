import { setTimeout as sleep } from "node:timers/promises";
import { LocalArtifactStore, S3ArtifactStore, S3Bucket, type S3Settings } from "@patchbay/storage-objects";

/** What a copy lies around before it is dropped and fetched again. */
const KEPT_MS = 5;

/** A process that fetches artifacts and drops the copies, over and over until it is killed. Says when it has begun. */
const { settings, folder, digests } = JSON.parse(process.argv[2] ?? "") as {
  settings: S3Settings;
  folder: string;
  digests: string[];
};
const local = await LocalArtifactStore.open(folder);
const store = new S3ArtifactStore(await S3Bucket.open(settings), local);
await store.attach();
const work = async (digest: string) => {
  for (;;) {
    await store.pull(digest);
    process.stdout.write("fetched\n");
    await sleep(KEPT_MS);
    await local.remove(digest);
  }
};
await Promise.all(digests.map(work));
