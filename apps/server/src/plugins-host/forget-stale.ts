import type {
  Change,
  InstallationDirectory,
  PluginRuntime,
  PluginSettings,
  PublisherKeys,
} from "@patchbay/core";

/** A change on any node: what this one holds of it is read anew. */
export const forgetStale = (
  change: Change,
  {
    directory,
    settings,
    runtime,
    publisherKeys,
  }: {
    directory: InstallationDirectory;
    settings: PluginSettings;
    runtime: PluginRuntime;
    publisherKeys: PublisherKeys;
  },
): void => {
  switch (change.kind) {
    case "installation":
      directory.forget(change.id);
      return;
    case "settings":
      settings.forget(change.id);
      runtime.settingsChanged(change.id);
      return;
    case "publisher":
      publisherKeys.forget(change.id);
      return;
    case "everything":
      directory.forgetAll();
      settings.forgetAll();
      publisherKeys.forgetAll();
      return;
    default:
      return;
  }
};
