import { expect, it } from "vitest";
import { landingPage } from "./landing-page.ts";

it("leads on to the path, and lets none of it become markup", () => {
  expect(landingPage("/orgs?a=1&b=2")).toContain('content="0;url=/orgs?a=1&amp;b=2"');
  const page = landingPage(`/"><script>alert('x')</script>`);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("'x'");
});
