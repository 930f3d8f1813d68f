import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { type Command, Option } from "commander";
import { CHECKOUT } from "../checkout.ts";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";
import { readSecret } from "../secret-input.ts";
import { requireUrl, saveLogin } from "../session.ts";

/** `serve` and `login`. */
export const addServerCommands = (program: Command): void => {
  program
    .command("serve")
    .description("Start the server, as npm start does; the environment configures it")
    .addOption(
      new Option("--role <role>", "everything, or a registry of plugins alone").choices(["all", "registry"]),
    )
    .action(async ({ role }: { role?: string }) => {
      if (CHECKOUT === null)
        throw new UsageError("The server is started from a checkout of Patchbay: run `npm start` there.");
      const server = spawn(process.execPath, [join(CHECKOUT, "scripts/start.mjs")], {
        stdio: "inherit",
        env: { ...process.env, ...(role !== undefined && { PATCHBAY_ROLE: role }) },
      });
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
        process.on(signal, () => server.kill(signal));
      const [code] = await once(server, "exit");
      process.exitCode = typeof code === "number" ? code : 1;
    });

  program
    .command("login")
    .description("Remember a server and an API key for this person")
    .option("--url <url>", "the server", "http://127.0.0.1:4700")
    .option("--key <key>", "the API key; otherwise asked for, or read from standard input")
    .action(async ({ url, key, org = "default", json }: CommonOptions & { url: string; key?: string }) => {
      requireUrl(url);
      const apiKey = key ?? (await readApiKey());
      const me = await new PatchbayClient({ url, apiKey, organization: org }).auth.me();
      const path = await saveLogin({ url, apiKey, organization: org });
      new Output(json).result(
        { url, organization: org, user: me.user.email, file: path },
        `Signed in at ${url} as ${me.user.email}; the key is kept in ${path}.`,
      );
    });
};

const readApiKey = async (): Promise<string> => {
  const given = await readSecret("API key: ");
  if (given !== "") return given;
  throw new UsageError("No API key was given. Use --key, or write it to standard input.");
};
