import {
  COMING_PERMISSIONS,
  type Grant,
  type Manifest,
  PatchbayError,
  type PermissionRequest,
} from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { carryGrants, missingGrants, requireGrantsAskedFor } from "./grants.ts";

const manifest = (required: PermissionRequest[], optional: PermissionRequest[] = []): Manifest =>
  ({ id: "acme.test", permissions: { required, optional } }) as unknown as Manifest;

const [COMING] = COMING_PERMISSIONS;

const fetchTo = (...hosts: string[]): PermissionRequest => ({ name: "net.fetch", hosts });

const refused = (asks: Manifest, grants: Grant[]): boolean => {
  try {
    requireGrantsAskedFor(asks, grants);
    return false;
  } catch (error) {
    return error instanceof PatchbayError && error.code === "grant_invalid";
  }
};

describe("grants", () => {
  it("may be as wide as what was asked for, or narrower", () => {
    const asks = manifest([fetchTo("*.acme.example")]);
    expect(refused(asks, [{ name: "net.fetch" }])).toBe(false);
    expect(refused(asks, [fetchTo("api.acme.example")])).toBe(false);
  });

  it("may not be wider, unknown or doubled", () => {
    const asks = manifest([fetchTo("*.acme.example")]);
    expect(refused(asks, [fetchTo("other.example")])).toBe(true);
    expect(refused(asks, [fetchTo("acme.example")])).toBe(true);
    expect(refused(asks, [fetchTo("*")])).toBe(true);
    expect(refused(asks, [{ name: "storage.scoped" }])).toBe(true);
    expect(refused(asks, [{ name: "net.fetch" }, { name: "net.fetch" }])).toBe(true);
  });

  it("of what this Patchbay does not have are refused, unless they are held from before", () => {
    const asks = manifest([fetchTo("a.example")], [{ name: COMING }]);
    const grants: Grant[] = [{ name: "net.fetch" }, { name: COMING }];
    const grant = (held: Grant[]) => () => requireGrantsAskedFor(asks, grants, held);
    expect(grant([])).toThrow(
      expect.objectContaining({
        code: "permission_unavailable",
        message: expect.stringMatching(
          new RegExp(`name ${COMING}, .* does not have\\. .* storage\\.scoped, .*net\\.fetch`),
        ),
        errors: [{ pointer: "/grants/1", message: `This version of Patchbay has no ${COMING}.` }],
      }),
    );
    expect(grant([{ name: COMING }])).not.toThrow();
  });

  it("are missing where a required permission has none", () => {
    const asks = manifest([fetchTo("a.example"), { name: "storage.scoped" }]);
    expect(missingGrants(asks, [{ name: "storage.scoped" }]).map(({ name }) => name)).toEqual(["net.fetch"]);
  });

  it("do not grow with a version that asks for more", () => {
    const { grants, widened } = carryGrants(
      [{ name: "net.fetch" }],
      manifest([fetchTo("a.example")]),
      manifest([fetchTo("a.example", "b.example")]),
    );
    expect(grants).toEqual([fetchTo("a.example")]);
    expect(widened.map(({ name }) => name)).toEqual(["net.fetch"]);
  });

  it("shrink with a version that asks for less, and keep what an administrator narrowed", () => {
    const held = [{ name: "net.fetch" as const, hosts: ["a.example"] }, { name: "storage.scoped" as const }];
    const { grants, widened } = carryGrants(
      held,
      manifest([fetchTo("*")], [{ name: "storage.scoped" }]),
      manifest([fetchTo("*")]),
    );
    expect(grants).toEqual([fetchTo("a.example")]);
    expect(widened).toEqual([]);
  });

  const asked = ["api.acme.example", "*.cdn.acme.example", "other.example"];
  it.each([
    ["hosts", ["*.acme.example"], asked, ["api.acme.example", "*.cdn.acme.example"]],
    ["hosts", ["*"], asked, asked],
    ["ids", ["acme.geo/*"], ["acme.geo/locate", "acme.maps/draw"], ["acme.geo/locate"]],
    ["ids", ["*"], ["acme.geo/*", "acme.maps/draw"], ["acme.geo/*", "acme.maps/draw"]],
  ])("shrink with a version that names parts of the %s %j: %j", (list, held, asks, rest) => {
    const name = list === "hosts" ? "net.fetch" : "tools.invoke";
    const ask = (values: readonly string[]): PermissionRequest => ({ name, [list]: values });
    for (const grant of [{ name } as Grant, ask(held)])
      expect(carryGrants([grant], manifest([ask(held)]), manifest([ask(asks)])).grants).toEqual([ask(rest)]);
  });

  it("name nothing twice that both a grant and a version name, each in its own words", () => {
    const held = [fetchTo("api.acme.example", "*.acme.example")];
    const { grants } = carryGrants(
      held,
      manifest([fetchTo("*")]),
      manifest([fetchTo("api.acme.example", "*")]),
    );
    expect(grants).toEqual([fetchTo("api.acme.example", "*.acme.example")]);
  });

  it("carry what views have as it was: what a new version asks for them is asked for", () => {
    const manifest = (views?: string) =>
      ({
        permissions: { required: [{ name: "net.fetch", hosts: ["a.example"], ...(views && { views }) }] },
      }) as unknown as Manifest;
    const held = [{ name: "net.fetch" as const }];
    const { grants, widened } = carryGrants(held, manifest(), manifest("secrets"));
    expect(grants).toMatchObject([{ views: "none" }]);
    expect(widened).toMatchObject([{ name: "net.fetch", views: "secrets" }]);
    expect(carryGrants(held, manifest("use"), manifest("use"))).toMatchObject({
      grants: [{ views: "use" }],
      widened: [],
    });
    expect(carryGrants(grants, manifest("secrets"), manifest())).toMatchObject({ widened: [] });
  });
});
