import Type, { type Static } from "typebox";

/** As much of GitHub's answers as is read here; they have far more. */

const Asset = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  name: Type.String({ maxLength: 1_000 }),
  state: Type.String(),
  size: Type.Integer({ minimum: 0 }),
});
export type GithubAsset = Static<typeof Asset>;

export const GithubRelease = Type.Object({
  tag_name: Type.String({ maxLength: 1_000 }),
  draft: Type.Boolean(),
  prerelease: Type.Boolean(),
  published_at: Type.Union([Type.String(), Type.Null()]),
  assets: Type.Array(Asset),
});
export type GithubRelease = Static<typeof GithubRelease>;

export const GithubReleases = Type.Array(GithubRelease);

/** Of a repository or a tag: it is enough that it is there. */
export const GithubThing = Type.Object({});

export const GithubFault = Type.Object({ message: Type.String() });
