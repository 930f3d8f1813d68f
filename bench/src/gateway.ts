import {
  BlockList,
  CallMetrics,
  DEFAULT_POLICY,
  InstallationDirectory,
  InvocationGateway,
  type PluginRuntime,
  type PluginSpec,
  type Principal,
} from "@patchbay/core";
import type { Manifest } from "@patchbay/protocol";

const ORGANIZATION = { id: "bench", slug: "bench", name: "Bench", createdAt: new Date() };
const TOOL = "echo";

/** Somebody who may use plugins, as authentication finds them for a request. */
const PRINCIPAL: Principal = {
  kind: "person",
  user: {
    id: "bench",
    email: "bench@example.org",
    name: "Bench",
    passwordHash: null,
    preparedBy: null,
    deploymentAdmin: false,
    createdAt: new Date(),
  },
  key: null,
  memberships: [{ organization: ORGANIZATION, role: "member", policy: DEFAULT_POLICY, projects: new Map() }],
};

/** Calls the plugin's tool as every surface does: through rights, scope, state and metrics, to the sandbox. */
export const callsThroughGateway = (
  runtime: PluginRuntime,
  spec: PluginSpec,
): ((input: unknown) => Promise<unknown>) => {
  const metrics = new CallMetrics(new Date());
  const blocks = new BlockList({ listBlocks: async () => [] });
  const gateway = new InvocationGateway(
    { directory: directoryOf(spec), runtime, blocks, maxFileBytes: 1024 ** 3, keepsContent: () => false },
    (call) => metrics.record(call.installationId, call.at.getTime(), call.durationMs, call.code !== null),
  );
  return (input) =>
    gateway.call(
      { principal: PRINCIPAL, organization: ORGANIZATION.slug },
      { kind: "tools", plugin: spec.pluginId, name: TOOL, input },
    );
};

/** Holds one enabled installation of the plugin. Nothing changes, so it is read once, as in a server between changes. */
const directoryOf = (spec: PluginSpec): InstallationDirectory => {
  const manifest: Manifest = {
    id: spec.pluginId,
    name: "Echo",
    version: spec.version,
    description: "Answers with its input.",
    author: { name: "Bench" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
    contributes: { tools: [{ name: TOOL, description: "Answers with its input." }] },
  };
  const createdAt = new Date();
  const origin = { source: "upload", badge: "private", origin: null, broughtFor: null } as const;
  return new InstallationDirectory({
    installations: {
      find: async () => ({
        id: spec.installationId,
        organizationId: ORGANIZATION.id,
        pluginId: spec.pluginId,
        version: spec.version,
        previous: null,
        state: "enabled",
        ...origin,
        scope: { projects: "all" },
        grants: [],
        transition: null,
        lastError: null,
        revision: 1,
        createdAt,
        updatedAt: createdAt,
      }),
    },
    catalog: {
      findVersion: async () => ({
        id: "bench",
        organizationId: ORGANIZATION.id,
        pluginId: spec.pluginId,
        version: spec.version,
        digest: spec.scriptDigest,
        sizeBytes: 0,
        scriptDigest: spec.scriptDigest,
        uiDigest: null,
        readmeDigest: null,
        changelogDigest: null,
        icon: null,
        signature: null,
        provenance: null,
        seal: null,
        manifest,
        ...origin,
        createdAt,
      }),
    },
  });
};
