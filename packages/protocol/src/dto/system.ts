import Type, { type Static } from "typebox";

const Held = Type.Boolean();

/** What the operating system holds plugins with, below the runtime's own checks; null where this node runs none. */
export const SandboxDto = Type.Object({
  mode: Type.Enum(["namespaces", "process"]),
  namespaces: Type.Object({ user: Held, mount: Held, pid: Held, ipc: Held, uts: Held, net: Held }),
  seccomp: Held,
  noNewPrivileges: Held,
  memoryLimit: Held,
});
export type SandboxDto = Static<typeof SandboxDto>;

/** One node of the deployment, as it was started last. */
export const NodeDto = Type.Object({
  node: Type.String({ description: "The node's id, which stays across restarts" }),
  process: Type.String({ description: "Of this start" }),
  version: Type.String({ description: "Of Patchbay" }),
  host: Type.String({ description: "Name of the machine" }),
  pid: Type.Integer(),
  state: Type.Enum(["alive", "silent", "gone"], {
    description:
      "silent: it has not been heard of for some seconds; gone: it has stopped, or others do its work",
  }),
  startedAt: Type.String({ description: "RFC 3339" }),
  seenAt: Type.String({ description: "RFC 3339" }),
});
export type NodeDto = Static<typeof NodeDto>;

/** How the node that answers stands. */
export const ReadinessDto = Type.Object({
  status: Type.String(),
  sandbox: Type.Union([SandboxDto, Type.Null()]),
  runtime: Type.Object({
    node: Type.String(),
    knownHoles: Type.Array(Type.String(), { description: "Advisories of holes that strangers can reach" }),
  }),
});
export type ReadinessDto = Static<typeof ReadinessDto>;
