import { PluginSettings } from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";
import { marketplaceRoutes } from "../http/routes/marketplace.ts";
import { sourceRoutes } from "../http/routes/sources.ts";
import type { Site } from "../http/site.ts";
import { createSources, type Sources } from "../sources/create-sources.ts";
import { FIRST_REFRESH_MS, REFRESH_EVERY_MS } from "../sources/limits.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** Where packages come from, besides people who bring them; and the settings of plugins, which updates from there are held against. */
export interface SourcesModule extends Module {
  readonly sources: Sources;
  readonly settings: PluginSettings;
}

export const openSources = (
  configuration: Configuration,
  { folder, database, world }: Storage,
  { client }: Network,
  { intake, publisherKeys, secrets, blocks, trust }: Trust,
  own: Site,
): SourcesModule => {
  const settings = new PluginSettings(database.settings, secrets);
  const sources = createSources(configuration.sources, {
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
  const parts = {
    sources,
    settings,
    onChange: (change: Parameters<NonNullable<Module["onChange"]>>[0]) => {
      if (change.kind === "settings") settings.forget(change.id);
      if (change.kind === "everything") settings.forgetAll();
    },
  };
  // A registry alone has no organizations that would get anything.
  if (configuration.role === "registry") return parts;
  return {
    ...parts,
    routes: (app) => {
      marketplaceRoutes(app, { sources });
      sourceRoutes(app, { sources, trust });
    },
    chores: [
      {
        name: "newer-versions",
        per: "deployment",
        failure: "newer versions were not looked for",
        everyMs: REFRESH_EVERY_MS,
        firstMs: FIRST_REFRESH_MS,
        run: () => sources.refresh.run(),
      },
    ],
  };
};
