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
