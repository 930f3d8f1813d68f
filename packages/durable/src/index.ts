export { DbosDurableWork } from "./dbos-durable-work.ts";
