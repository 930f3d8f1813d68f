export { Supervisor, type SupervisorOptions } from "./supervisor.ts";
