import {
  type ActivationCheck,
  type ArtifactStore,
  type DomainLog,
  type InstallationDirectory,
  ofServerCode,
  type PermissionGate,
  type PluginSettings,
  type RuntimeHost,
} from "@patchbay/core";
import type { PatchbayError } from "@patchbay/protocol";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { LogWriter } from "./log-writer.ts";

/** What running plugins reach, made of the domain. */
export const runtimeHost = (parts: {
  artifacts: ArtifactStore;
  gate: PermissionGate;
  directory: InstallationDirectory;
  settings: PluginSettings;
  logs: LogWriter;
  log: DomainLog;
  metrics: ServerMetrics;
  check: ActivationCheck;
  failed: (spec: Parameters<RuntimeHost["gaveUp"]>[0], error: PatchbayError) => Promise<void> | undefined;
}): RuntimeHost => ({
  beforeStart: (spec) => parts.check.requireGood(spec),
  loadScript: async (digest) => (await parts.artifacts.read(digest)).toString("utf8"),
  hostCall: (call) => parts.gate.handle(ofServerCode(call)),
  settings: async (spec, project) => {
    const inForce = await parts.directory.inForce({ spec });
    return inForce === null
      ? {}
      : await parts.settings.forPlugin(spec.installationId, inForce.manifest, project ?? null);
  },
  log: (spec, lines) => parts.logs.add(spec.installationId, lines),
  ended: ({ pluginId, version, installationId }, { code, message }) => {
    parts.metrics.recordEnd(pluginId, code);
    parts.log.warn(
      { plugin: pluginId, version, installation: installationId, code, reason: message },
      "a plugin's process was ended",
    );
  },
  gaveUp: (spec, error) => {
    parts.log.warn(
      { plugin: spec.pluginId, version: spec.version, code: error.code, reason: error.message },
      "a plugin was given up",
    );
    void Promise.resolve(parts.failed(spec, error)).catch((cause: unknown) =>
      parts.log.error({ err: cause }, "a failed plugin could not be marked"),
    );
  },
});
