import { expect } from "vitest";
import { makePackage } from "../../support/packages.ts";
import type { ConsoleTest } from "./console-test.ts";

/** A plugin with a tool for each method of its memory. */
export const DIARY = "acme.diary";
const PERMISSIONS = ["memory.read", "memory.write"] as const;
const CODE = `
export default { tools: { call: { description: "c",
  run: async ({ calls }, { api }) => {
    const answers = [];
    for (const [method, ...args] of calls) answers.push(await api.memory[method](...args));
    return answers;
  },
} } };`;

export const installDiary = async (test: ConsoleTest): Promise<void> => {
  const manifest = { name: "Diary", permissions: { optional: PERMISSIONS } };
  await test.upload(await makePackage({ id: DIARY, code: CODE, tools: ["call"], manifest }));
  await test.install({ plugin: DIARY, grants: [...PERMISSIONS] }, { enable: true });
};

/** What the plugin's memory answers to each call of a method, one after the other. */
export const remember = async (
  { api }: ConsoleTest,
  ...calls: readonly (readonly [method: string, ...args: unknown[]])[]
): Promise<readonly { readonly id: string }[]> => {
  const { status, body } = await api.post(`/api/orgs/default/tools/${DIARY}/call`, { input: { calls } });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.output;
};
