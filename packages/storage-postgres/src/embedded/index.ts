export { type PostgresBinaries, postgresBinaries } from "./binaries.ts";
export type { EmbeddedConnection } from "./connect.ts";
export { DatabaseStartError, type DatabaseStartReason } from "./errors.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type LauncherLog,
  startEmbeddedPostgres,
} from "./start.ts";
