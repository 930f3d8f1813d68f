export { startPostgresServer, type TestPostgresServer } from "./postgres-server.ts";
