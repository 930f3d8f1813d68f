import { describePublicKey, readPublicKey } from "@patchbay/artifact";
import type { OwnPublisherDto } from "@patchbay/protocol";
import { type Command, Option } from "commander";
import { confirm, Output, UsageError } from "../output.ts";
import { readSigningKey } from "../packing/signing-key.ts";
import { addPublisherKey } from "../registry/publisher-key.ts";
import {
  openRegistry,
  type RegistryOptions,
  registryOption,
  tokenOption,
} from "../registry/registry-client.ts";
import { describeSubmission } from "../registry/submission-text.ts";
import { readText } from "./input.ts";

/** `registry publisher …`: who publishes plugins, and with which keys. */
export const addPublisherCommands = (publisher: Command): void => {
  publisher
    .command("create <publisher>")
    .description("Make a publisher: the first part of the ids of its plugins")
    .requiredOption("--name <name>", "what people call it")
    .option("--url <url>", "its website")
    .addOption(registryOption())
    .action(async (name: string, options: RegistryOptions<{ name: string; url?: string }>) => {
      const client = await openRegistry(options);
      const body = {
        publisher: name,
        name: options.name,
        ...(options.url !== undefined && { url: options.url }),
      };
      const made = await client.registry.createPublisher(body);
      const next =
        made.proofs.length > 0
          ? "It may publish."
          : `To prove who it is, put this line into a TXT record of _patchbay.DOMAIN or into https://DOMAIN/.well-known/patchbay-publisher.txt, then run "patchbay registry publisher prove ${name} --domain DOMAIN":\n${made.proofLine}`;
      new Output(options.json).result(made, `Made the publisher ${name}. ${next}`);
    });

  publisher
    .command("list")
    .description("List your publishers with what proves them and their keys")
    .addOption(registryOption())
    .action(async (options: RegistryOptions) => {
      const own = await (await openRegistry(options)).registry.publishers();
      new Output(options.json).result(own, own.map(describePublisher).join("\n") || "You have no publisher.");
    });

  publisher
    .command("prove <publisher>")
    .description("Prove that a domain belongs to the publisher")
    .option("--domain <domain>", "the domain")
    .option("--well-known", "by the file on its website instead of the DNS record")
    .option("--operator", "as an administrator of the registry: vouch for it")
    .addOption(registryOption())
    .action(
      async (
        name: string,
        options: RegistryOptions<{ domain?: string; wellKnown?: boolean; operator?: boolean }>,
      ) => {
        const kind = options.operator ? "operator" : options.wellKnown ? "well-known" : "dns";
        const { domain } = options;
        const client = await openRegistry(options);
        const proven = await client.registry.prove(name, { kind, ...(domain !== undefined && { domain }) });
        new Output(options.json).result(proven, `${name} has proved who it is.`);
      },
    );

  publisher
    .command("token <publisher>")
    .description("Make a token for publishing; it is shown this once")
    .option("--name <name>", "what it is for", "command line")
    .option("--expires <time>", "when it ends, such as 2027-01-31")
    .addOption(registryOption())
    .action(async (name: string, options: RegistryOptions<{ name: string; expires?: string }>) => {
      const client = await openRegistry(options);
      const expiresAt = options.expires === undefined ? undefined : timeOf(options.expires);
      const body = { name: options.name, ...(expiresAt !== undefined && { expiresAt }) };
      const made = await client.registry.createToken(name, body);
      new Output(options.json).result(made, made.token);
    });

  publisher
    .command("tokens <publisher>")
    .description("List the publisher's tokens")
    .addOption(registryOption())
    .action(async (name: string, options: RegistryOptions) => {
      const tokens = await (await openRegistry(options)).registry.tokens(name);
      const lines = tokens.map(
        ({ id, prefix, name: purpose, createdAt, expiresAt }) =>
          `${id}  ${prefix}…  ${purpose}, since ${createdAt}${expiresAt === undefined ? "" : `, until ${expiresAt}`}`,
      );
      new Output(options.json).result(tokens, lines.join("\n") || `${name} has no token.`);
    });

  publisher
    .command("revoke-token <publisher> <token-id>")
    .description("Take a token back: it publishes nothing any more")
    .addOption(registryOption())
    .action(async (name: string, id: string, options: RegistryOptions) => {
      await (await openRegistry(options)).registry.deleteToken(name, id);
      new Output(options.json).result({ publisher: name, id }, `The token ${id} is revoked.`);
    });

  publisher
    .command("add-key <publisher> <public-key>")
    .description("Say with which key the publisher signs: a public key as `plugin keygen` writes it")
    .option("--endorsed-by <file>", "an older private key of the publisher, which every further key needs")
    .addOption(registryOption())
    .action(async (name: string, file: string, options: RegistryOptions<{ endorsedBy?: string }>) => {
      const key = describePublicKey(readPublicKey(await readText(file)));
      const older = options.endorsedBy === undefined ? null : await readSigningKey(options.endorsedBy);
      const { registry } = await openRegistry(options);
      const { added, isNew } = await addPublisherKey(registry, { publisher: name, key, older });
      const already = isNew ? "" : " already; nothing was changed";
      new Output(options.json).result(added, `${name} signs with the key ${added.keyId}${already}.`);
    });

  publisher
    .command("revoke-key <publisher> <key-id>")
    .description("Say that a key is not used any more, or that others have got hold of it")
    .addOption(
      new Option(
        "--reason <reason>",
        "superseded: it was replaced; compromised: nothing that it ever signed counts",
      )
        .choices(["superseded", "compromised"])
        .makeOptionMandatory(),
    )
    .addOption(registryOption())
    .action(
      async (
        name: string,
        keyId: string,
        options: RegistryOptions<{ reason: "superseded" | "compromised" }>,
      ) => {
        const { reason } = options;
        if (reason === "compromised")
          await confirm(options, `Nothing that ${keyId} ever signed will run any more, anywhere. Revoke it?`);
        await (await openRegistry(options)).registry.revokeKey(name, keyId, { reason });
        new Output(options.json).result({ publisher: name, keyId, reason }, `The key ${keyId} is revoked.`);
      },
    );

  publisher
    .command("submissions <publisher>")
    .description("List what was sent in the publisher's name, and what became of it")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (name: string, options: RegistryOptions) => {
      const { items } = await (await openRegistry(options)).registry.submissions(name);
      new Output(options.json).result(
        items,
        items.map(describeSubmission).join("\n") || "Nothing was sent yet.",
      );
    });
};

const describePublisher = ({ publisher, name, proofs, keys, proofLine }: OwnPublisherDto): string => {
  const proven = proofs.map(({ kind, domain }) => domain ?? kind).join(", ");
  const signing = keys.filter(({ revoked }) => revoked === undefined).map(({ keyId }) => `  key ${keyId}`);
  return [
    `${publisher}  ${name}, ${proven === "" ? `not proven; the line for the proof: ${proofLine}` : `proven by ${proven}`}`,
    ...signing,
  ].join("\n");
};

const timeOf = (text: string): string => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(`"${text}" is not a time such as 2027-01-31.`);
  return time.toISOString();
};
