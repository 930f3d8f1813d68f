export { startPostgresServer, type TestPostgresServer } from "./postgres-server.ts";
export { transactionRate } from "./transaction-rate.ts";
