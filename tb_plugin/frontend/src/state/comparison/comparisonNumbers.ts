/**
 * The arithmetic of comparisons: values in, values out.
 *
 * It comes when the first comparison is asked for, and knows no signals.
 */

export { makeChangeScale } from "../../colour/changeScale.ts";
export {
  chanceOfLargest,
  flagChanges,
  flagsOfDrawn,
  leaveUntested,
  precisionWithinChance,
  testChanges,
  testsOfCells,
} from "../../confusion/chance/chance.ts";
export {
  changeOf,
  changeOfTotals,
  changesOf,
  differenceOf,
  isBeyondAt,
  largestOf,
} from "../../confusion/difference.ts";
export {
  isWithin,
  matchTrees,
  placesIn,
  realign,
} from "../../confusion/treeMatching.ts";
export { unite } from "../../confusion/unitedPairs.ts";
export { nameOf, namesOf } from "../../server/runNames.ts";
export { meanOf } from "../seeds/meanEpoch.ts";
