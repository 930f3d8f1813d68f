import { running, type TestPlugin } from "./plugins.ts";

/** What such a plugin asks for. */
export const KEEPING_PERMISSIONS = ["storage.conversations", "ui.page"];

/**
 * A plugin whose tool runs what it is told, with `api`, or has it run by what goes on beside calls since the plugin was activated. It also
 * has a view, which calls for whoever looks.
 */
export const keeping = (id: string): TestPlugin => {
  const { manifest, script } = running(
    id,
    `async ({ code, alone }, { api }) => {
      const work = new Function("api", "said", "return (async () => { " + code + " })()");
      const said = (text, role = "user") => ({ role, parts: [{ type: "text", text }] });
      const told = ({ code, name, message }) => ({ code, name, message });
      if (!alone) return await work(api, said).catch(told);
      return await new Promise((done) => globalThis.next((api) => work(api, said).catch(told).then(done)));
    }`,
    { manifest: { permissions: { optional: KEEPING_PERMISSIONS } } },
  );
  const beside = `onActivate(api) {
    void (async () => {
      for (;;) await (await new Promise((resolve) => { globalThis.next = resolve; }))(api);
    })();
  },`;
  return {
    manifest: { ...manifest, ui: "ui.js" },
    script: script.replace("default: {", `default: { ${beside}`),
  };
};
