import Type, { type Static } from "typebox";
import { TEXT } from "../text.ts";

const strict = { additionalProperties: false } as const;
const Slug = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]{0,62}$",
  description: "Lower-case letters, digits and hyphens",
});
const Name = Type.String({ minLength: 1, maxLength: 100, format: TEXT });
const Email = Type.String({ minLength: 3, maxLength: 254 });
const Password = Type.String({ minLength: 1, maxLength: 1_024 });
const Time = Type.String({ description: "RFC 3339" });
const OrganizationRoleDto = Type.Enum(["owner", "admin", "member", "viewer"]);
const ProjectRoleDto = Type.Enum(["manager", "member"]);

export const SignInBody = Type.Object({ email: Email, password: Password }, strict);
export type SignInBody = Static<typeof SignInBody>;
export const SetUpBody = Type.Object(
  { token: Type.String({ maxLength: 200 }), email: Email, name: Name, password: Password },
  strict,
);
export type SetUpBody = Static<typeof SetUpBody>;

export const RightDto = Type.Object({
  right: Type.String({ description: "Such as org.plugins.read" }),
  reach: Type.Union([Type.Literal("organization"), Type.Array(Type.String())], {
    description: "Everywhere in the organization, or in the projects of these slugs",
  }),
});
export type RightDto = Static<typeof RightDto>;

export const MeDto = Type.Object({
  user: Type.Object({
    id: Type.String(),
    email: Type.String(),
    name: Type.String(),
    deploymentAdmin: Type.Boolean(),
  }),
  hasPassword: Type.Boolean({
    description: "Whether there is one to change; not for those who sign in elsewhere",
  }),
  apiKey: Type.Optional(
    Type.Object({ id: Type.String(), name: Type.String(), rights: Type.Array(Type.String()) }),
  ),
  organizations: Type.Array(
    Type.Object({
      slug: Type.String(),
      name: Type.String(),
      role: OrganizationRoleDto,
      projects: Type.Record(Type.String(), ProjectRoleDto),
      rights: Type.Array(RightDto),
    }),
  ),
  deployment: Type.Object({
    version: Type.String({ description: "Of Patchbay" }),
    administrator: Type.Boolean({ description: "Whether the caller administers the deployment" }),
  }),
});
export type MeDto = Static<typeof MeDto>;

export const PasswordBody = Type.Object({ current: Password, password: Password }, strict);
export type PasswordBody = Static<typeof PasswordBody>;

/** What signing in and setting up answer, beside the cookie. */
export const SessionDto = Type.Object({ user: MeDto.properties.user, expiresAt: Time });
export type SessionDto = Static<typeof SessionDto>;

/** The ways to sign in: `items` are those of other services, such as `oidc`. */
export const SignInProvidersDto = Type.Object({
  items: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  password: Type.Boolean({ description: "Whether e-mail address and password are taken" }),
});
export type SignInProvidersDto = Static<typeof SignInProvidersDto>;

export const OrganizationBody = Type.Object({ slug: Slug, name: Name }, strict);
export type OrganizationBody = Static<typeof OrganizationBody>;
/** A new name; the slug, which addresses hold, stays. */
export const RenameBody = Type.Object({ name: Name }, strict);
export type RenameBody = Static<typeof RenameBody>;
export const OrganizationDto = Type.Object({ slug: Type.String(), name: Type.String(), createdAt: Time });
export type OrganizationDto = Static<typeof OrganizationDto>;

/**
 * `name` makes an account for a person whom nobody here knows yet; they set their password by a link. `password` is taken from
 * administrators of the deployment only.
 */
export const MemberBody = Type.Object(
  { email: Email, role: OrganizationRoleDto, name: Type.Optional(Name), password: Type.Optional(Password) },
  strict,
);
export type MemberBody = Static<typeof MemberBody>;
export const MemberDto = Type.Object({
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: OrganizationRoleDto,
});
export type MemberDto = Static<typeof MemberDto>;

/** A link to hand to somebody, shown this once. It works once. */
export const HandedLinkDto = Type.Object({ url: Type.String(), expiresAt: Time });
export type HandedLinkDto = Static<typeof HandedLinkDto>;
export const AddedMemberDto = Type.Object({
  ...MemberDto.properties,
  passwordLink: Type.Optional(
    Type.Object(HandedLinkDto.properties, { description: "With which the person sets a password" }),
  ),
  invitation: Type.Optional(
    Type.Object(HandedLinkDto.properties, {
      description: "With which the person joins: they are no member before",
    }),
  ),
  notTaken: Type.Optional(
    Type.Array(Type.Enum(["name", "password"]), { description: "What was said of the person and not used" }),
  ),
});
export type AddedMemberDto = Static<typeof AddedMemberDto>;

/** A password by a link that an administrator has handed over. */
export const LinkPasswordBody = Type.Object(
  { token: Type.String({ maxLength: 200 }), password: Password },
  strict,
);
export type LinkPasswordBody = Static<typeof LinkPasswordBody>;
export const InvitationBody = Type.Object({ token: Type.String({ maxLength: 200 }) }, strict);
export type InvitationBody = Static<typeof InvitationBody>;
export const JoinedDto = Type.Object({ organization: Type.String({ description: "Slug" }) });
export type JoinedDto = Static<typeof JoinedDto>;

export const ProjectBody = Type.Object({ slug: Slug, name: Name }, strict);
export type ProjectBody = Static<typeof ProjectBody>;
export const ProjectDto = Type.Object({ slug: Type.String(), name: Type.String(), createdAt: Time });
export type ProjectDto = Static<typeof ProjectDto>;
export const ProjectMemberBody = Type.Object({ email: Email, role: ProjectRoleDto }, strict);
export type ProjectMemberBody = Static<typeof ProjectMemberBody>;
export const ProjectMemberDto = Type.Object({
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: ProjectRoleDto,
});
export type ProjectMemberDto = Static<typeof ProjectMemberDto>;

export const ApiKeyBody = Type.Object(
  {
    organization: Slug,
    name: Name,
    rights: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 20,
      description: "Rights such as org.plugins.read",
    }),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  strict,
);
export type ApiKeyBody = Static<typeof ApiKeyBody>;
export const ApiKeyDto = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String(),
  rights: Type.Array(Type.String()),
  createdAt: Time,
  expiresAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
});
export type ApiKeyDto = Static<typeof ApiKeyDto>;
/** With the key itself, shown this once. */
export const NewApiKeyDto = Type.Object({ ...ApiKeyDto.properties, token: Type.String() });
export type NewApiKeyDto = Static<typeof NewApiKeyDto>;
