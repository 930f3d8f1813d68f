export { type PostgresBinaries, postgresBinaries } from "./binaries.ts";
export type { EmbeddedConnection } from "./connect.ts";
export { DatabaseStartError, type DatabaseStartReason } from "./errors.ts";
export type { LauncherLog } from "./launcher-log.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./start.ts";
