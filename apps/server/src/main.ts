import { holesOf } from "@patchbay/protocol/known-bad-runtimes";
import { pino } from "pino";
import { type Configuration, readConfiguration } from "./config/configuration.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { type RunningServer, startServer } from "./patchbay-server.ts";
import { onParentExit } from "./process/parent.ts";

const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;
/** A stop that takes longer than this is forced: the database is safe whatever happens. */
const STOP_DEADLINE_MS = 20_000;

const main = async (): Promise<void> => {
  requireSoundRuntime();
  const configuration = configurationOrExit();
  const log = pino({ level: configuration.logLevel }, pino.destination({ dest: 2, sync: true }));
  const stopped = stopRequested();
  let server: RunningServer | undefined;
  try {
    server = await startServer(configuration, log);
    announce(server);
    await stopped;
  } catch (error) {
    exitWith(error);
  } finally {
    setTimeout(() => process.exit(EXIT_FAILED), STOP_DEADLINE_MS).unref();
    await server?.close();
  }
  process.exit();
};

/** Strangers' answers are decoded in this process: it does not start on a runtime with a hole that they can reach. */
const requireSoundRuntime = (): void => {
  for (const { advisory, component, what, cure } of holesOf(process.versions)) {
    const brings = `${component} ${process.versions[component]}`;
    process.stderr.write(
      `Patchbay could not start. Node ${process.versions.node} brings ${brings}: ${what} (${advisory}). ${cure}\n`,
    );
    process.exitCode = EXIT_FAILED;
  }
  if (process.exitCode === EXIT_FAILED) process.exit();
};

const configurationOrExit = (): Configuration => {
  try {
    return readConfiguration(process.env, process.env.INIT_CWD ?? process.cwd());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(EXIT_WRONG_USE);
  }
};

/** The first signal stops the server; so does the end of whoever started it. */
const stopRequested = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    onParentExit(resolve);
  });

const announce = ({ url, setupUrl }: RunningServer): void => {
  process.stdout.write(`Patchbay is ready at ${url}\n`);
  if (setupUrl !== null) process.stdout.write(`Create the first administrator at ${setupUrl}\n`);
};

const exitWith = (error: unknown): void => {
  process.stderr.write(`Patchbay could not start. ${error instanceof Error ? error.message : error}\n`);
  if (process.env.PATCHBAY_LOG_LEVEL === "debug" && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  process.exitCode = error instanceof ConfigurationError ? EXIT_WRONG_USE : EXIT_FAILED;
};

await main();
