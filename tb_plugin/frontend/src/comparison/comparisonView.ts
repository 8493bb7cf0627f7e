/** What a comparison shows: it comes when the first is asked for. */

import { addStyle } from "../ui/addStyle.ts";
import style from "./comparison.css?inline";

export { comparedPairs } from "../state/comparison/comparedPairs.ts";
export { testOfGroup, testOfLevel } from "../state/comparison/testsInWords.ts";
export { ChangeLegend } from "./ChangeLegend.tsx";
export { leftOutOfBoth } from "./comparedRemainder.ts";
export { comparisonInWords } from "./comparisonSummary.ts";
export { changePainter } from "./drawChanges.ts";
export { HowCompared } from "./HowCompared.tsx";
export { Mismatch } from "./Mismatch.tsx";
export { SmallMultiples } from "./multiples/SmallMultiples.tsx";
export { SideBySideTitles, sideBySideFrame } from "./SideBySide.tsx";

addStyle(style);
