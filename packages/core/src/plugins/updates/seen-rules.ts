import type { AutoUpdateRules } from "../../model/auto-update-rules.ts";

/** The rules without what they say of plugins that are hidden from whoever reads them. */
export const seenRules = (rules: AutoUpdateRules, hidden: ReadonlySet<string>): AutoUpdateRules => {
  const seen = (ids: readonly string[]) => ids.filter((id) => !hidden.has(id));
  return {
    ...rules,
    include: rules.include === "all" ? "all" : seen(rules.include),
    exclude: seen(rules.exclude),
    ageExceptions: seen(rules.ageExceptions),
    plugins: Object.fromEntries(Object.entries(rules.plugins).filter(([id]) => !hidden.has(id))),
  };
};

/** What somebody decided who sees part of the rules, with what `before` says of the plugins that are hidden from them. */
export const withHidden = (
  decided: AutoUpdateRules,
  before: AutoUpdateRules,
  hidden: ReadonlySet<string>,
): AutoUpdateRules => {
  const own = seenRules(decided, hidden);
  const kept = (ids: readonly string[]) => ids.filter((id) => hidden.has(id));
  const including = before.include === "all" ? [] : kept(before.include);
  return {
    ...own,
    include: own.include === "all" ? "all" : [...own.include, ...including],
    exclude: [...own.exclude, ...kept(before.exclude)],
    ageExceptions: [...own.ageExceptions, ...kept(before.ageExceptions)],
    plugins: {
      ...own.plugins,
      ...Object.fromEntries(Object.entries(before.plugins).filter(([id]) => hidden.has(id))),
    },
  };
};
