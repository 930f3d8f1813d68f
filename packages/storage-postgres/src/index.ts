export { type RowWriter, restoreDatabase } from "./backup/restore-database.ts";
export { DURABLE_SCHEMA } from "./limits.ts";
export { PostgresDatabase } from "./postgres-database.ts";
