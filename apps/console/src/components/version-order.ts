const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

/** Whether a version comes after another one, in the order of Semantic Versioning; false when either is no such version. */
export const isNewer = (version: string, than: string): boolean => {
  const [a, b] = [VERSION.exec(version), VERSION.exec(than)];
  if (a === null || b === null) return false;
  for (const place of [1, 2, 3]) {
    const distance = Number(a[place]) - Number(b[place]);
    if (distance !== 0) return distance > 0;
  }
  return isLaterStage(a[4], b[4]);
};

/** A release comes after its pre-releases. */
const isLaterStage = (stage: string | undefined, than: string | undefined): boolean => {
  if (stage === undefined || than === undefined) return stage === undefined && than !== undefined;
  const [parts, others] = [stage.split("."), than.split(".")];
  for (const [place, part] of parts.entries()) {
    const other = others[place];
    if (other === undefined) return true;
    if (part !== other) return isLaterPart(part, other);
  }
  return false;
};

const NUMBER = /^\d+$/;

const isLaterPart = (part: string, than: string): boolean => {
  const [isNumber, isOtherNumber] = [NUMBER.test(part), NUMBER.test(than)];
  if (isNumber && isOtherNumber) return Number(part) > Number(than);
  return isNumber === isOtherNumber ? part > than : isOtherNumber;
};
