import type { Revised } from "@patchbay/api-client";
import type { AutoUpdateBody, AutoUpdateDto } from "@patchbay/protocol";

/** The rules alone, without what comes next. */
export type UpdateRules = Omit<AutoUpdateDto, "planned">;

export type UpdateWindow = NonNullable<UpdateRules["window"]>;
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const STRATEGIES = ["off", "security", "patch", "all"] as const;
export type Strategy = (typeof STRATEGIES)[number];

export const rulesOf = ({
  planned: _planned,
  revision: _revision,
  ...rules
}: Revised<AutoUpdateDto>): UpdateRules => rules;

/** A plugin's own rule that says nothing is none. */
export const updateBodyOf = (rules: UpdateRules): AutoUpdateBody => ({
  ...rules,
  plugins: Object.fromEntries(
    Object.entries(rules.plugins)
      .map(([id, { strategy, pin }]) => {
        const own = { ...(strategy && { strategy }), ...(pin?.trim() && { pin: pin.trim() }) };
        return [id, own] as const;
      })
      .filter(([, own]) => Object.keys(own).length > 0),
  ),
});

/** What a window is when somebody asks for one: nights of working days, where the person is. */
export const newWindow = (): UpdateWindow => ({
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "02:00",
  to: "05:00",
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});
