/** What the camera's model calls an animal, as the taxon it stands for. Imported names pass unchanged. */
import type { Taxon } from "./metadata.ts";

/** device/model/labels.txt; `other_animal` is no name and never leaves the camera. */
export const LABEL_TAXA: Record<string, Taxon> = {
  elephant: {
    ...{ scientificName: "Elephantidae", taxonRank: "family" },
    vernacularNames: { eng: "elephant" },
  },
  big_cat: {
    ...{ scientificName: "Felidae", taxonRank: "family" },
    vernacularNames: { eng: "big cat" },
  },
};

export const taxonNameOf = (label: string): string => LABEL_TAXA[label]?.scientificName ?? label;
