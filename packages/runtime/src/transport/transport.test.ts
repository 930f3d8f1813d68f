import { spawn } from "node:child_process";
import { once } from "node:events";
import { ChildProcessTransport } from "./child-process.ts";
import { createLinkedPair } from "./linked-pair.ts";
import { describeTransport } from "./transport.contract.ts";

describeTransport("the pipes of a process", async () => {
  const child = spawn("cat", { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const { stdin, stdout } = child;
  return {
    transport: new ChildProcessTransport({ stdin, stdout, kill: () => child.kill("SIGKILL") }),
    ended,
    hold: () => {
      child.kill("SIGSTOP");
      return () => child.kill("SIGCONT");
    },
  };
});

describeTransport("one of a linked pair", async () => {
  const { host, guest, ended } = createLinkedPair();
  let held: PromiseWithResolvers<void> | undefined;
  guest.listen({
    data: (chunk) => {
      guest.send([chunk]);
      return held?.promise;
    },
    drained: () => undefined,
  });
  return {
    transport: host,
    ended,
    hold: () => {
      held = Promise.withResolvers();
      return () => held?.resolve();
    },
  };
});
