/** A server to be killed in a test: runs one plugin that loops and one that waits, and prints the processes' numbers. */
import { openTestRuntime } from "./host.ts";

const { host, supervisor, call } = await openTestRuntime();
const loop = host.plugin("{ loop() { for (;;) {} } }", { callSeconds: 60 });
const wait = host.plugin("{ fine: () => 1 }");
await call(wait, "fine");
await supervisor.start(loop);
call(loop, "loop").catch(() => undefined);
setTimeout(() => console.log(JSON.stringify(supervisor.instances().map(({ pid }) => pid))), 300);
