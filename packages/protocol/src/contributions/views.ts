import Type, { type Static } from "typebox";
import { ContributionName, Description, Icon, strict, Title } from "../manifest-fields.ts";
import { VIEW_PLACES } from "../user-interface.ts";
import type { ShownKind } from "./kind.ts";

const ViewContribution = Type.Object(
  {
    name: ContributionName,
    title: Title,
    description: Type.Optional(Description),
    place: Type.Enum([...VIEW_PLACES], { description: `one of ${VIEW_PLACES.join(", ")}` }),
    icon: Type.Optional(Icon),
  },
  { ...strict, description: "an object with name, title and place" },
);
type ViewContribution = Static<typeof ViewContribution>;

/** Places in the console where the user-interface bundle shows something. */
export const views = {
  words: { one: "view", many: "views" },
  entry: ViewContribution,
  list: { maxItems: 50, description: "a list of objects with name, title and place" },
  bundle: "ui",
  permissionOf: ({ place }: ViewContribution) => ({ name: `ui.${place}` as const, field: "place" }),
  filesOf: ({ icon }: ViewContribution) => ({ icon }),
} as const satisfies ShownKind;
