import { expect, it } from "vitest";
import { KEY_PLACEHOLDER, MCP_CLIENTS, setupOf } from "./client-setup.ts";

const place = { url: "https://patchbay.example/mcp/office?project=web", name: "patchbay-office" };

it.each(MCP_CLIENTS)("says to each client where the tools are: %s", (client) => {
  expect(setupOf(client, place).code).toContain(place.url);
});

it("asks for the key where a client has a place for it", () => {
  const named = MCP_CLIENTS.filter((client) => setupOf(client, place).code.includes(KEY_PLACEHOLDER));
  // Two ask for it by themselves, or read it from the environment.
  expect(named).toEqual(MCP_CLIENTS.filter((client) => client !== "vsCode" && client !== "codex"));
});

it("quotes for the shell what a shell would read otherwise", () => {
  expect(setupOf("claudeCode", place).code).toBe(
    `claude mcp add --transport http patchbay-office 'https://patchbay.example/mcp/office?project=web' --header 'Authorization: Bearer ${KEY_PLACEHOLDER}'`,
  );
});
