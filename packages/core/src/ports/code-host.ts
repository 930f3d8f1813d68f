/** A release of a repository, or a mere tag. */
export interface CodeRelease {
  /** `owner/name`, as the host spells it. */
  readonly repository: string;
  readonly tag: string;
  /** The file that is a package; null: the tagged tree is one. */
  readonly asset: { readonly name: string; readonly sizeBytes: number; readonly address: string } | null;
}

/** A release that could be got. */
export interface ListedRelease {
  readonly tag: string;
  /** The tag without a leading `v`. */
  readonly version: string;
  readonly publishedAt: Date;
  /** Whether its author keeps it from those who do not ask for it, whatever its version says. */
  readonly isPrerelease: boolean;
}

/**
 * Where code is kept: GitHub, or a GitHub Enterprise. `token` is shown to it and to nobody else. Every method throws
 * `repository_not_found` (also for what the token does not reach), `github_rate_limited` (with `resetsAt`), `github_refused`
 * (of the token) and `github_unavailable`.
 */
export interface CodeHost {
  /** Throws `release_not_found` unless there is a release or a tag `version` or `v` and the version. */
  findRelease(repository: string, version: string, token: string | null): Promise<CodeRelease>;
  /** Writes the package, or the tree as a zip, to a new file at `path`. Throws `package_too_large`. */
  download(release: CodeRelease, path: string, token: string | null, signal?: AbortSignal): Promise<void>;
  /** Releases whose tags are versions, newest version first; no drafts. */
  listReleases(repository: string, token: string | null): Promise<ListedRelease[]>;
  /** A file of a tagged tree; null when there is none. At most 256 KiB. */
  readFile(repository: string, tag: string, path: string, token: string | null): Promise<Buffer | null>;
}
