export { type RowWriter, restoreDatabase } from "./backup/restore-database.ts";
export { PostgresDatabase } from "./postgres-database.ts";
