export { type RunningServer, startServer } from "./patchbay-server.ts";
