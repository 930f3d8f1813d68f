export { S3_TIMES } from "./limits.ts";
export { LocalArtifactStore } from "./local-artifact-store.ts";
export { S3ArtifactStore } from "./s3-artifact-store.ts";
export { S3Bucket, type S3Listener } from "./s3-bucket.ts";
export type { S3Settings } from "./s3-settings.ts";
