/** How close things stand together. */
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

const STORAGE_KEY = "patchbay-density";

export const chosenDensity = (): Density =>
  localStorage.getItem(STORAGE_KEY) === "compact" ? "compact" : "comfortable";

export const chooseDensity = (density: Density): void => {
  localStorage.setItem(STORAGE_KEY, density);
  applyDensity();
};

export const applyDensity = (): void => {
  document.documentElement.dataset.density = chosenDensity();
};
