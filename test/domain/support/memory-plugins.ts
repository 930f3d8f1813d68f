import type { PluginAnswer, Principal } from "@patchbay/core";
import type { Manifest } from "@patchbay/protocol";
import { manifestOf } from "../../support/packages.ts";
import type { TestOrganization } from "./domain.ts";
import { running, type TestPlugin } from "./plugins.ts";

export const MEMORY_PERMISSIONS = ["memory.read", "memory.write", "memory.extract"];

/**
 * A plugin whose tool runs what it is told in `code`, with `api.memory` as `memory`; what that throws comes back as it is. `alone`: by what
 * goes on beside calls since the plugin was activated.
 */
export const remembering = (id: string, permissions: readonly unknown[] = MEMORY_PERMISSIONS): TestPlugin => {
  const { manifest, script } = running(
    id,
    `(input, { api }) => {
      const run = (api) => new Function("api", "memory", "given",
        "return (async () => { " + input.code + " })()")(api, api.memory, input.given)
        .catch((error) => ({ code: error.code, name: error.name, message: error.message, errors: error.errors }));
      return input.alone ? new Promise((done) => globalThis.next((api) => run(api).then(done))) : run(api);
    }`,
    { manifest: { permissions: { optional: permissions } } },
  );
  const beside = `onActivate(api) {
    void (async () => {
      for (;;) await (await new Promise((resolve) => { globalThis.next = resolve; }))(api);
    })();
  },`;
  return { manifest, script: script.replace("default: {", `default: { ${beside}`) };
};

/**
 * Embeddings by letters: texts of the same letters are near. Every question fails while it is \`broken\`, and one with a text that has "poison"
 * in it always; while it is \`longer\`, embeddings have one more number. Its chat model answers with what is put into
 * \`answers\` by the tool, one after the other, and then with the last again.
 */
export const lettersAndFacts = (id: string): TestPlugin => {
  const { contributes } = manifestOf({ id, version: "1.0.0", code: "", tools: ["run"] }) as Manifest;
  const models = [{ name: "letters", kinds: ["chat", "embeddings"] }];
  const manifest = { contributes: { ...contributes, models } };
  const { manifest: made } = running(id, "", { manifest });
  const script = `"use strict";
    const state = { answers: [], asked: [], embedded: 0, broken: false, longer: false };
    const letters = (text) => { const counts = Array(26).fill(0);
      for (const letter of text.toLowerCase()) { const place = letter.charCodeAt(0) - 97; if (place >= 0 && place < 26) counts[place] += 1; }
      return counts; };
    return { default: {
      tools: { run: { description: "Runs.", run: ({ answers, broken, longer }) => {
        if (answers) { state.answers = answers; state.asked = []; }
        if (broken !== undefined) state.broken = broken;
        if (longer !== undefined) state.longer = longer;
        return { asked: state.asked, embedded: state.embedded };
      } } },
      models: { letters: {
        list: () => [{ name: "chat", kind: "chat" }, { name: "v1", kind: "embeddings" }, { name: "v2", kind: "embeddings" }],
        async *chat(request) {
          state.asked.push(request);
          const answer = state.answers.length > 1 ? state.answers.shift() : state.answers[0];
          if (answer.error) { yield { type: "error", error: answer.error }; return; }
          yield { type: "text", text: answer.text ?? JSON.stringify(answer) };
          yield { type: "finish", reason: answer.finish ?? "stop" };
        },
        embed: ({ inputs, model }) => {
          if (state.broken) throw new Error("The wire is down.");
          if (inputs.some((text) => text.includes("poison"))) throw new Error("What is that?");
          state.embedded += inputs.length;
          return { embeddings: inputs.map((text) => (model === "v2" || state.longer ? [...letters(text), 1] : letters(text))) };
        },
      } },
    } };`;
  return { manifest: made, script };
};

/** What a plugin's tool gives, as the owner of the organization calls it, or somebody else. */
export const runIn = async (
  organization: TestOrganization,
  plugin: string,
  input: unknown,
  principal: Principal = organization.owner,
): Promise<unknown> => {
  const by = { principal, organization: organization.slug };
  const answer: PluginAnswer = await organization.domain.gateway.call(by, {
    kind: "tools",
    plugin,
    name: "run",
    input,
  });
  return answer.kind === "value" ? answer.value : answer;
};
