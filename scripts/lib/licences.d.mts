export interface Licence {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}
export function permits(expression: string): boolean;
export function readLicences(): Licence[];
