import type { PluginApi } from "@patchbay/sdk";
import { guestApi } from "./api.ts";
import { type ActiveCall, Calls } from "./calls.ts";
import { asyncContext, exit } from "./captured.ts";
import { describeValue } from "./errors.ts";
import { createFetch } from "./fetch.ts";
import { restoreProtoAccessor, takeAwayGlobals } from "./globals.ts";
import { Guest } from "./guest.ts";
import { HostCalls } from "./host-calls.ts";
import { consoleFor, Log } from "./log.ts";
import { Pipe } from "./pipe.ts";
import { Settings } from "./settings.ts";
import { navigatorShim, processShim } from "./shims.ts";

const context = asyncContext<ActiveCall>();
const currentCall = (): number | undefined => context.get()?.id;

const pipe = new Pipe();
const log = new Log(pipe, currentCall);
const forPlugin = log.forPlugin;
const hostCalls = new HostCalls(pipe);
const report = (what: string) => (thrown: unknown) => log.write("error", `${what}: ${textOf(thrown)}`);
const settings = new Settings(report("A settings listener threw"));

const apiFor = (call: ActiveCall | undefined): PluginApi =>
  guestApi({
    hostCalls,
    settings,
    log: forPlugin,
    // An api that outlives its call, or was made at activation, speaks for the call that is running.
    call: () => call?.id ?? currentCall(),
    project: () => call?.projectKey ?? context.get()?.projectKey ?? "",
  });

const calls = new Calls(pipe, context, {
  apiFor,
  settingsOf: (project) => settings.of(project),
  log: forPlugin,
});

takeAwayGlobals({
  console: consoleFor(log),
  fetch: createFetch(hostCalls, currentCall),
  navigator: navigatorShim,
  process: processShim,
});

restoreProtoAccessor();

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  report("Unhandled rejection")(event.reason);
});
addEventListener("error", (event) => {
  event.preventDefault();
  report("Uncaught error")(event.error ?? event.message);
});

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : describeValue(thrown);
  } catch {
    return "something that cannot be described";
  }
}

const guest = new Guest({ pipe, calls, hostCalls, settings, apiFor: () => apiFor(undefined) });
pipe.send({ t: "ready" });
void pipe.read(guest.handle).then(
  () => exit(0),
  () => exit(1),
);
