import { pino } from "pino";
import { readConfiguration } from "../config/configuration.ts";
import { startServer } from "../patchbay-server.ts";

/** The server, which looks for model servers at the ports that the test says: no port of this machine is a test's to take. */
const localPorts = (process.env.TEST_LOCAL_PORTS ?? "").split(",").map(Number);
const configuration = readConfiguration(process.env, process.cwd());
const log = pino({ level: configuration.logLevel }, pino.destination({ dest: 2, sync: true }));
const server = await startServer(configuration, log, { localPorts });
process.stdout.write(`Patchbay is ready at ${server.url}\n`);
process.on("SIGTERM", () => void server.close().then(() => process.exit()));
