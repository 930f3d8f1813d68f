import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { HostAnswer, HostCall, PluginLogLine, PluginSpec, RuntimeHost } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { Supervisor, type SupervisorOptions } from "../supervision/supervisor.ts";

/** A host for tests: scripts by digest, storage in memory, and a record of what the runtime told it. */
export class TestHost implements RuntimeHost {
  readonly scripts = new Map<string, string>();
  readonly lines: PluginLogLine[] = [];
  readonly givenUp: { spec: PluginSpec; error: PatchbayError }[] = [];
  readonly ends: { spec: PluginSpec; error: PatchbayError }[] = [];
  readonly calls: HostCall[] = [];
  readonly stored = new Map<string, unknown>();
  readonly values: Record<string, Record<string, unknown>> = { "": {} };
  /** Answers methods that the storage in memory does not. */
  answer: (call: HostCall) => Promise<HostAnswer> = async (call) => {
    throw new PatchbayError("permission_denied", `${call.method} was not granted.`);
  };

  /** Throws to keep an instance from starting. */
  beforeStart: RuntimeHost["beforeStart"] = async () => undefined;

  async loadScript(digest: string): Promise<string> {
    const script = this.scripts.get(digest);
    if (script === undefined) throw new PatchbayError("artifact_missing", "No such script.");
    return script;
  }

  async hostCall(call: HostCall): Promise<HostAnswer> {
    this.calls.push(call);
    const { key, value } = (call.params ?? {}) as { key: string; value?: unknown };
    const place = `${call.spec.installationId} ${key}`;
    if (call.method === "storage.get") return { value: this.stored.get(place) };
    if (call.method === "storage.set") this.stored.set(place, value);
    return call.method === "storage.set" ? { value: null } : this.answer(call);
  }

  async settings(_spec: PluginSpec, project: string | undefined): Promise<Record<string, unknown>> {
    return { ...this.values[""], ...this.values[project ?? ""] };
  }

  log(_spec: PluginSpec, lines: readonly PluginLogLine[]): void {
    this.lines.push(...lines);
  }

  ended(spec: PluginSpec, error: PatchbayError): void {
    this.ends.push({ spec, error });
  }

  gaveUp(spec: PluginSpec, error: PatchbayError): void {
    this.givenUp.push({ spec, error });
  }

  /** A spec for a plugin whose tools are the functions in `tools`, written as the source of an object. */
  plugin(tools: string, spec: Partial<PluginSpec> & { readonly rest?: string } = {}): PluginSpec {
    const { rest = "", ...given } = spec;
    const script = `"use strict";
      const tools = ${tools};
      const plugin = { tools: Object.fromEntries(Object.entries(tools).map(([name, run]) =>
        [name, typeof run === "function" ? { description: name, run } : run])) };
      ${rest}
      return { default: plugin };`;
    const names = Object.keys(new Function(`return (${tools})`)() as object);
    return this.script(script, { contributes: { tools: names }, ...given });
  }

  /** A spec for a script. */
  script(script: string, spec: Partial<PluginSpec> = {}): PluginSpec {
    const scriptDigest = createHash("sha256").update(script).digest("hex");
    this.scripts.set(scriptDigest, script);
    return {
      installationId: spec.installationId ?? `installation-${scriptDigest.slice(0, 12)}`,
      organizationId: "organization",
      pluginId: "acme.test",
      version: "1.0.0",
      packageDigest: scriptDigest,
      contributes: { tools: [] },
      memoryMb: 128,
      callSeconds: 10,
      ...spec,
      scriptDigest,
    };
  }
}

/** Builds the guest, so that tests never run an old one. */
export const buildGuest = (): void => {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../../guest/build.mjs", import.meta.url))]);
};

export interface TestRuntime extends AsyncDisposable {
  readonly host: TestHost;
  readonly supervisor: Supervisor;
  readonly faults: unknown[];
  /** The value that a tool answers with. */
  call(spec: PluginSpec, name: string, input?: unknown, project?: string): Promise<unknown>;
}

export const openTestRuntime = async (options: SupervisorOptions = {}): Promise<TestRuntime> => {
  const host = new TestHost();
  const faults: unknown[] = [];
  const supervisor = await Supervisor.open(host, {
    onInternalFault: (error) => faults.push(error),
    ...options,
  });
  return {
    host,
    supervisor,
    faults,
    call: async (spec, name, input, project) => {
      const answer = await supervisor.call(spec, {
        kind: "tools",
        name,
        input,
        ...(project === undefined ? {} : { project }),
      });
      if (answer.kind !== "value") throw new Error("The answer is no value.");
      return answer.value;
    },
    [Symbol.asyncDispose]: () => supervisor.close(),
  };
};
