import type { FindingDto, SubmissionDto } from "@patchbay/protocol";

const SAID: Readonly<Record<SubmissionDto["state"], string>> = {
  passed: "is published",
  quarantined: "is held back until an administrator of the registry has looked at it",
  rejected: "was rejected",
  released: "is published",
  refused: "was refused",
};

/** What became of a package that was sent, for people. */
export const describeSubmission = ({ plugin, version, state, findings, reason }: SubmissionDto): string =>
  [
    `${plugin} ${version} ${SAID[state]}${reason === undefined ? "" : `: ${reason}`}`,
    ...findings.map((finding) => `  ${describeFinding(finding)}`),
  ].join("\n");

export const describeFinding = ({ level, check, message, file, line }: FindingDto): string => {
  const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
  return `${level}  ${check}: ${message}${place}`;
};
