import { expect, test } from "vitest";
import {
  InvalidInputError,
  PermissionDeniedError,
  PluginError,
  PluginPermissionError,
  pluginError,
  QuotaExceededError,
} from "./errors.ts";

/** The same module once more, as it is in a plugin's bundle. */
const {
  PluginError: OtherPluginError,
  PermissionDeniedError: OtherDenied,
  QuotaExceededError: OtherQuota,
} = (await import(`${new URL("errors.ts", import.meta.url).href}?copy`)) as typeof import("./errors.ts");

test("an error is an instance of its class and of the base class, in every copy of the SDK", () => {
  expect(OtherDenied).not.toBe(PermissionDeniedError);
  const error = new PermissionDeniedError("No.");
  for (const Class of [PermissionDeniedError, OtherDenied, PluginError, OtherPluginError, Error])
    expect(error instanceof Class).toBe(true);
  for (const Class of [QuotaExceededError, OtherQuota, InvalidInputError])
    expect(error instanceof Class).toBe(false);
});

test("what is no error of the platform is an instance of none", () => {
  for (const value of [null, undefined, "x", {}, new Error("x"), { code: "permission_denied" }])
    expect((value as unknown) instanceof PluginError).toBe(false);
});

test("a class of an author's own is found by its prototype", () => {
  class Mine extends PluginError {}
  const mine = new Mine("quota_exceeded", "Full.");
  expect(mine instanceof Mine).toBe(true);
  expect(mine instanceof QuotaExceededError).toBe(true);
  expect(new QuotaExceededError("Full.") instanceof Mine).toBe(false);
});

test("a code finds its class, and names are those that a person reads", () => {
  expect(pluginError("permission_denied", "No.")).toMatchObject({
    name: "PermissionDeniedError",
    code: "permission_denied",
  });
  expect(pluginError("internal", "Oh.")).toMatchObject({
    name: "PluginError",
    code: "internal",
    message: "Oh.",
  });
  expect(pluginError("constructor", "Oh.") instanceof PluginError).toBe(true);
  const errors = [{ pointer: "/a", message: "is missing" }];
  expect(new InvalidInputError("No.", { errors, cause: 1 })).toMatchObject({ errors, cause: 1 });
});

test("what is another plugin's has a name of its own, and is what was not granted, too", () => {
  const foreign = pluginError("permission_denied", "No.", { reason: "foreign_namespace" });
  expect(foreign.name).toBe("PluginPermissionError");
  for (const Class of [PluginPermissionError, PermissionDeniedError, OtherDenied, PluginError])
    expect(foreign instanceof Class).toBe(true);
  expect(pluginError("permission_denied", "No.").name).toBe("PermissionDeniedError");
});
