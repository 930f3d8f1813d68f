import { PluginSettings } from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";
import type { Site } from "../http/site.ts";
import { createSources, type Sources as SourceParts } from "../sources/create-sources.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** Where packages come from, besides people who bring them. */
export interface Sources extends Module, SourceParts {
  readonly settings: PluginSettings;
}

export const openSources = (
  configuration: Configuration,
  { folder, database, world }: Storage,
  { client }: Network,
  { intake, publisherKeys, secrets, blocks }: Trust,
  own: Site,
): Sources => {
  const settings = new PluginSettings(database.settings, secrets);
  const parts = createSources(configuration.sources, {
    client,
    database,
    intake,
    publisherKeys,
    secrets,
    blocks,
    world,
    own,
    settings,
    folder: folder.uploads,
  });
  return {
    ...parts,
    settings,
    onChange: (change) => {
      if (change.kind === "settings") settings.forget(change.id);
      if (change.kind === "everything") settings.forgetAll();
    },
  };
};
