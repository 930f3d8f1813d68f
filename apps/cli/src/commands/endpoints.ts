import type { EndpointRequestDto, MadeEndpointDto, NewEndpointBody } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, requireNumber, table } from "../output.ts";
import { openClient } from "../session.ts";

type Options<T = unknown> = CommonOptions & T;
const MOST_REQUESTS = 200;

/** Addresses at which plugins answer requests from outside: `patchbay endpoints`. */
export const addEndpointCommands = (program: Command): void => {
  const endpoints = program
    .command("endpoints")
    .description("Make addresses at which plugins answer requests from outside, and see what comes");

  endpoints
    .command("list")
    .description("List the addresses")
    .action(async (options: Options) => {
      const found = await (await openClient(options.org)).endpoints.list();
      const rows = found.map((one) => [
        one.id,
        one.title,
        `${one.plugin}/${one.endpoint}`,
        one.state,
        one.url,
      ]);
      const head = ["ID", "NAME", "ENDPOINT", "STATE", "ADDRESS"];
      new Output(options.json).result(found, table([head, ...rows]));
    });

  endpoints
    .command("make <plugin> <endpoint>")
    .description("Make an address for what a plugin can answer")
    .option("--project <slug>", "for one project only")
    .option("--title <title>", "what it is called")
    .option("--address <end>", "what the address ends with; one that nobody can guess unless given")
    .action(async (plugin: string, endpoint: string, options: Options<Partial<NewEndpointBody>>) => {
      const { project, title, address } = options;
      const body = {
        plugin,
        endpoint,
        ...(project !== undefined && { project }),
        ...(title !== undefined && { title }),
        ...(address !== undefined && { address }),
      };
      const made = await (await openClient(options.org)).endpoints.make(body);
      new Output(options.json).result(made, wordsOf(made));
    });

  endpoints
    .command("rotate <id>")
    .description("Make another secret, or with --address another address")
    .option("--address", "another address instead, after which nothing is at the old one")
    .option("--keep <seconds>", "how long the secrets before it still hold; a day unless given")
    .action(async (id: string, options: Options<{ address?: true; keep?: string }>) => {
      const { endpoints: api } = await openClient(options.org);
      const keptSeconds = options.keep === undefined ? undefined : requireNumber("--keep", options.keep);
      const made = options.address
        ? await api.rotate(id, { of: "address" })
        : await api.rotate(id, { of: "secret", ...(keptSeconds !== undefined && { keptSeconds }) });
      new Output(options.json).result(made, wordsOf(made));
    });

  for (const [step, enabled, description] of [
    ["on", true, "Switch an address on"],
    ["off", false, "Switch an address off: nothing answers at it"],
  ] as const) {
    endpoints
      .command(`${step} <id>`)
      .description(description)
      .action(async (id: string, options: Options) => {
        const { endpoint } = await (await openClient(options.org)).endpoints.change(id, { enabled });
        new Output(options.json).result(endpoint, `${endpoint.title} is ${endpoint.state}.`);
      });
  }

  endpoints
    .command("delete <id>")
    .description("Take an address away, with its list of requests")
    .action(async (id: string, options: Options) => {
      await (await openClient(options.org)).endpoints.delete(id);
      new Output(options.json).result({ deleted: id }, "The endpoint was deleted.");
    });

  endpoints
    .command("requests <id>")
    .description("List what has come at an address, newest first")
    .option("--limit <requests>", `how many, at most ${MOST_REQUESTS}`, "20")
    .action(async (id: string, options: Options<{ limit: string }>) => {
      const limit = requireNumber("--limit", options.limit);
      const { items } = await (await openClient(options.org)).endpoints.requests(id, { limit });
      const head = ["ID", "AT", "REQUEST", "STATUS", "TOOK", ""];
      new Output(options.json).result(items, table([head, ...items.map(rowOf)]));
    });

  endpoints
    .command("replay <id> <request>")
    .description("Make a request once more")
    .action(async (id: string, request: string, options: Options) => {
      const made = await (await openClient(options.org)).endpoints.replay(id, request);
      new Output(options.json).result(made, `It was answered with ${made.status} in ${made.durationMs} ms.`);
    });
};

const wordsOf = ({ endpoint, secret }: MadeEndpointDto): string =>
  [
    `${endpoint.title} is at ${endpoint.url}`,
    ...(secret === undefined ? [] : [`Secret, shown this once: ${secret}`]),
  ].join("\n");

const rowOf = ({ id, at, method, path, query, status, durationMs, message = "" }: EndpointRequestDto) => [
  id,
  at,
  `${method} ${path}${query}`,
  String(status),
  `${durationMs} ms`,
  message,
];
