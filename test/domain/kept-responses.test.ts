import { ArtifactCollection, type DomainLog, type Principal, Retention } from "@patchbay/core";
import { type JsonObject, KeptResponses, type MemberCaller } from "@patchbay/models";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";

const OUTPUT = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Yes." }] }];
const FREE = () => undefined;
const DAY_MS = 24 * 3_600_000;

let domain: Domain;
let organization: TestOrganization;
let kept: KeptResponses;
let warnings: string[];

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  warnings = [];
  const log: Pick<DomainLog, "warn"> = { warn: (_facts, message) => warnings.push(message) };
  kept = new KeptResponses(domain.database.keptResponses, log);
});

const callerOf = (principal: Principal): MemberCaller => ({
  by: { principal, organization: organization.slug },
  project: undefined,
  signal: new AbortController().signal,
});
const newAnswer = (change: JsonObject = {}): JsonObject => ({
  id: `resp_${crypto.randomUUID().replaceAll("-", "")}`,
  object: "response",
  status: "completed",
  model: "echo/echo",
  created_at: 1_700_000_000,
  output: OUTPUT,
  ...change,
});
/** Asks and is answered: the id of the answer. */
const converse = async (who: Principal, body: JsonObject): Promise<string> => {
  const answer = newAnswer();
  const turn = await kept.read(callerOf(who), { model: "echo/echo", ...body }, FREE);
  expect(await turn.keep?.(answer)).toBe(true);
  return String(answer.id);
};
const textsOf = ({ request }: Awaited<ReturnType<KeptResponses["read"]>>) =>
  request.messages.map(({ role, parts }) => [role, parts.map((part) => "text" in part && part.text).join()]);

describe("answers that are kept", () => {
  it("stand before what is asked, behind the instructions of this turn alone", async () => {
    const { owner } = organization;
    const first = await converse(owner, { input: "One.", instructions: "Be brief." });
    const second = await converse(owner, { input: "Two.", previous_response_id: first });
    const asked = {
      model: "echo/echo",
      input: [{ role: "user", content: "Three." }],
      instructions: "Be long.",
      previous_response_id: second,
    };
    const held: number[] = [];
    const third = await kept.read(callerOf(owner), asked, (bytes) => held.push(bytes));
    expect(textsOf(third)).toEqual([
      ["system", "Be long."],
      ["user", "One."],
      ["assistant", "Yes."],
      ["user", "Two."],
      ["assistant", "Yes."],
      ["user", "Three."],
    ]);
    expect(held).toEqual([2 * (JSON.stringify([{ role: "user", content: "One." }, ...OUTPUT]).length + 1)]);
    const full = kept.read(callerOf(owner), asked, () => {
      throw new PatchbayError("rate_limited", "Too much.");
    });
    expect(await codeOf(full)).toBe("rate_limited");
    expect(await kept.listInput(callerOf(owner), second, { limit: 9, order: "asc" })).toMatchObject({
      data: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Two." }] }],
      has_more: false,
    });
  });

  it("are asked for by who may ask models", async () => {
    const viewer = await organization.join("viewer");
    const [refused, read] = [callerOf(viewer), callerOf(organization.owner)];
    const id = await converse(organization.owner, { input: "One." });
    expect(await codeOf(kept.find(refused, id))).toBe("forbidden");
    expect(await codeOf(kept.remove(refused, id))).toBe("forbidden");
    expect(await codeOf(kept.read(refused, { model: "echo/echo", input: "One." }, FREE))).toBe("forbidden");
    expect(await kept.find(read, id)).toMatchObject({ id, store: true });
  });

  it("are not kept when a filter took them away, and when they cannot be, which is told and logged", async () => {
    const member = await organization.join("member");
    const turn = await kept.read(callerOf(member), { model: "echo/echo", input: "One." }, FREE);
    const filtered = { status: "incomplete", incomplete_details: { reason: "content_filter" } };
    expect(await turn.keep?.(newAnswer(filtered))).toBe(false);
    expect(warnings).toEqual([]);
    await domain.organizations.removeMember(organization.owner, organization.slug, member.user.id);
    expect(await turn.keep?.(newAnswer())).toBe(false);
    expect(warnings).toEqual([expect.stringContaining("could not be kept")]);
  });

  it("go a month after they were last used", async () => {
    const { owner } = organization;
    const id = await converse(owner, { input: "One." });
    const lookAfter = async (days: number) => {
      const now = () => new Date(Date.now() + days * DAY_MS);
      const { database, artifacts, world } = domain;
      const collection = new ArtifactCollection(database, artifacts, world);
      await new Retention(database, collection, { ...world, now }).run();
      return await codeOf(kept.find(callerOf(owner), id));
    };
    expect(await lookAfter(30)).not.toBe("response_not_found");
    expect(await lookAfter(32)).toBe("response_not_found");
  });
});
