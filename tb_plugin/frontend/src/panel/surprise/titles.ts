/** What the sorts by evidence are, as their titles say it. */

const corrected = (family: string): string =>
  `corrected for all ${family}, whatever is selected (Benjamini-Hochberg, ` +
  "5 %). What is within chance is grey, at the end.";

export const TITLES = {
  surprise:
    "Confused more often than the tree leads one to expect: by how often " +
    "either is mistaken or taken for others, and how low the two meet. " +
    `Poisson tail, ${corrected("pairs of the level, each way")}`,
  oneway:
    "Confused one way more often than the other: by chance each goes by how " +
    "many samples a class there has. Exact binomial test, " +
    corrected("pairs of the level confused often enough"),
} as const;
