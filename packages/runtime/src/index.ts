export { Supervisor, type SupervisorOptions } from "./supervision/supervisor.ts";
