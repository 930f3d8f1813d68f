import { BlockList, createTrust, SecretBox, type TrustParts } from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";
import { openSecretKeys } from "../process/secret-keys.ts";
import type { Module } from "./module.ts";
import type { Storage } from "./storage.ts";

/** What is believed, and what is kept secret. */
export interface Trust extends Module, TrustParts {
  readonly secrets: SecretBox;
  readonly blocks: BlockList;
}

/** Throws `ConfigurationError` for a secret key of another deployment. */
export const openTrust = async (configuration: Configuration, storage: Storage): Promise<Trust> => {
  const { folder, database, artifacts, world } = storage;
  const secretKeys = await openSecretKeys(configuration.secretKeys, folder, database.secretKeys);
  const { sigstoreRoot, minScheduleEveryMs: minEveryMs } = configuration;
  const parts = createTrust(
    { secretKeys, sigstoreRoot, rules: { minEveryMs } },
    { database, artifacts, world },
  );
  const blocks = new BlockList(database.advisories);
  await blocks.load();
  return {
    ...parts,
    secrets: new SecretBox(secretKeys),
    blocks,
    onChange: (change) => {
      if (change.kind === "publisher") parts.publisherKeys.forget(change.id);
      if (change.kind === "everything") parts.publisherKeys.forgetAll();
    },
  };
};
