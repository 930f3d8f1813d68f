export type { Row } from "./row.ts";
export { benchSandbox } from "./sandbox.ts";
