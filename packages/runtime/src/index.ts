export { type ClosableEgress, createEgress, type EgressOptions } from "./egress/egress.ts";
export { Supervisor, type SupervisorOptions } from "./supervisor.ts";
