import { MantineProvider } from "@mantine/core";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { PermissionsStep, type PermissionsStepProps } from "./permissions-step.tsx";

const textOf = (asked: PermissionsStepProps["asked"]): string => {
  const permissions = {
    required: [{ name: "net.fetch", hosts: ["www.example.org", "api.example.org"] }],
    optional: [{ name: "data.read", ids: ["notes", "people"] }],
  };
  const props = { target: { permissions }, along: [], asked, optional: new Set(), onChange: () => undefined };
  const step = createElement(PermissionsStep, props as unknown as PermissionsStepProps);
  return renderToStaticMarkup(createElement(MantineProvider, null, step));
};

it("What somebody has asked for is shown as far as they have asked for it", () => {
  const narrow = textOf([
    { name: "net.fetch", hosts: ["api.example.org"] },
    { name: "data.read", ids: ["notes"] },
  ]);
  expect(narrow).toContain("api.example.org");
  expect(narrow).not.toContain("www.example.org");
  expect(narrow).toContain("notes");
  expect(narrow).not.toContain("people");
  expect(textOf(undefined)).toContain("www.example.org");
});
