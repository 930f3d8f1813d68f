import Type, { type Static } from "typebox";
import type { FieldError } from "../errors.ts";
import { ContributionName, Description, Icon, strict, Title } from "../manifest-fields.ts";
import { VIEW_HEIGHTS, VIEW_PLACES } from "../user-interface.ts";
import type { ShownKind } from "./kind.ts";

const ViewContribution = Type.Object(
  {
    name: ContributionName,
    title: Title,
    description: Type.Optional(Description),
    place: Type.Enum([...VIEW_PLACES], { description: `one of ${VIEW_PLACES.join(", ")}` }),
    icon: Type.Optional(Icon),
    /** `page`: of the room that the page has, in which the view scrolls by itself; else that of its content. */
    height: Type.Optional(Type.Enum([...VIEW_HEIGHTS], { description: `one of ${VIEW_HEIGHTS.join(", ")}` })),
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
  faultsOf: ({ place, height }: ViewContribution, pointer: string): FieldError[] =>
    height === "page" && place !== "page"
      ? [
          {
            pointer: `${pointer}/height`,
            message: 'Only a view whose place is "page" has the height of the page.',
          },
        ]
      : [],
  filesOf: ({ icon }: ViewContribution) => ({ icon }),
} as const satisfies ShownKind;
