import { beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY, type OrganizationPolicy } from "../../model/policy.ts";
import type { LoggedCall } from "../../ports/call-store.ts";
import { CallRecorder } from "./call-recorder.ts";
import { CallRules } from "./call-rules.ts";

const content = { json: "1", isCut: false };
const callOf = (more: Partial<LoggedCall> = {}): LoggedCall =>
  ({ organizationId: "org", pluginId: "acme.one", input: content, output: content, ...more }) as LoggedCall;

let policy: OrganizationPolicy;
let written: LoggedCall[][];
let warnings: string[];
let told: string[];
let store: { append: (calls: readonly LoggedCall[]) => Promise<void> };
let reads: number;
let rules: CallRules;
let recorder: CallRecorder;

beforeEach(() => {
  policy = { ...DEFAULT_POLICY, callContent: "all" };
  written = [];
  warnings = [];
  told = [];
  reads = 0;
  store = { append: async (calls) => void written.push([...calls]) };
  rules = new CallRules({
    findPolicy: async () => {
      reads += 1;
      return policy;
    },
  });
  const log = {
    info: (_facts: object, message: string) => void told.push(message),
    error: () => undefined,
    warn: (_facts: object, message: string) => void warnings.push(message),
  };
  recorder = new CallRecorder({ append: (calls) => store.append(calls) }, rules, log);
});

describe("calls that have ended", () => {
  it("are written together, a moment later", async () => {
    recorder.add(callOf());
    recorder.add(callOf());
    expect(written).toEqual([]);
    await expect.poll(() => written).toMatchObject([[{}, {}]]);
    expect(reads).toBe(1);
  });

  it("are written with what their organization wants to be kept by then", async () => {
    expect(await rules.keepsContent(callOf() as never)).toBe(true);
    recorder.add(callOf());
    policy = { ...DEFAULT_POLICY, calls: ["acme.*"] };
    rules.forget();
    recorder.add(callOf({ pluginId: "other.one" }));
    await recorder.flush();
    expect(written).toMatchObject([[{ pluginId: "acme.one", input: null, output: null }]]);
  });

  it("wait for nobody, whom a slow database lets take no more memory than they may", async () => {
    const held = Promise.withResolvers<void>();
    const { append } = store;
    store.append = async (calls) => {
      await held.promise;
      await append(calls);
    };
    const large = { json: "x".repeat(1024 * 1024), isCut: true };
    recorder.add(callOf({ input: large }));
    const first = recorder.flush();
    for (let n = 0; n < 20; n++) recorder.add(callOf({ input: large }));
    held.resolve();
    await first;
    await recorder.flush();
    expect(written.flat()).toHaveLength(7);
    expect(warnings).toEqual(["calls were not logged: the database is too slow"]);
    recorder.add(callOf({ input: large }));
    await recorder.flush();
    expect(written.flat()).toHaveLength(8);
  });

  it("are written as long as somebody could read them: of a plugin some in a second, and those that failed beside them", async () => {
    const busy = () => recorder.add(callOf({ installationId: "busy", code: null }));
    for (let n = 0; n < 1_000; n += 1) busy();
    recorder.add(callOf({ installationId: "busy", code: "plugin_error" }));
    recorder.add(callOf({ installationId: "quiet", code: null }));
    await recorder.flush();
    const kept = written.flat();
    const answered = kept.filter(({ installationId, code }) => installationId === "busy" && code === null);
    // A second may end while they come.
    expect([200, 400]).toContain(answered.length);
    expect(kept.length - answered.length).toBe(2);
    expect(told).toEqual(["calls were not logged: there were more of a plugin in a second than are kept"]);
  });

  it("that could not be written are told, and those that come then are", async () => {
    const { append } = store;
    store.append = async () => {
      throw new Error("The database is away.");
    };
    recorder.add(callOf());
    await recorder.flush();
    expect(warnings).toEqual(["calls could not be logged"]);
    store.append = append;
    recorder.add(callOf());
    await recorder.flush();
    expect(written).toHaveLength(1);
  });

  it("are kept without content where it is not known yet what is wanted, and cannot be read", async () => {
    const away = new CallRules({ findPolicy: () => Promise.reject(new Error("away")) });
    expect(await away.keepsContent(callOf() as never)).toBe(false);
  });
});
