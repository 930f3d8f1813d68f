import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { checkUiModule } from "./script.ts";

const check = (code: string): Promise<void> => checkUiModule("dist/ui.js", Buffer.from(code));
const refusal = async (code: string): Promise<string> => {
  const error = await check(code).then(
    () => new Error("accepted"),
    (fault: unknown) => fault,
  );
  return error instanceof PatchbayError ? `${error.code}: ${error.message}` : String(error);
};

describe("a user-interface bundle", () => {
  it("may import what the frame provides", async () => {
    await check(`
      import { useState } from "react";
      import { jsx } from "react/jsx-runtime";
      import { createPortal } from "react-dom";
      import { useApi } from "@patchbay/sdk/ui";
      export const onActivate = () => [useState, jsx, createPortal, useApi];
      export default function View() { return null; }
    `);
  });

  it.each([
    ['import x from "lodash";\nexport default x;', /^import_not_available: dist\/ui\.js:1 imports "lodash"/],
    [
      'export default 1;\nimport "./other.js";',
      /^import_not_available: dist\/ui\.js:2 imports "\.\/other\.js"/,
    ],
    ['export default () => import("https://evil.example/x.js");', /imports "https:\/\/evil\.example\/x\.js"/],
    ['export default require("react");', /imports "react", which frames do not have|CommonJS/],
    ['export * from "react-dom/client"; export default 1;', /react-dom\/client/],
    ["export const View = () => null;", /^script_invalid: .*no default export/],
    ["module.exports = () => null;", /CommonJS/],
    ["export default {", /^script_invalid: dist\/ui\.js:1/],
  ])("is refused with where and why: %s", async (code, message) =>
    expect(await refusal(code)).toMatch(message),
  );

  it("is refused when it is not UTF-8", async () => {
    await expect(checkUiModule("ui.js", new Uint8Array([0xff, 0xfe]))).rejects.toThrow(/not a text in UTF-8/);
  });
});
