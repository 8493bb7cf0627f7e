/** All that comparisons add to the page: it comes when the first is asked for. */

import { followSecond } from "./second.ts";
import style from "./style/comparing.css?inline";
import { addStyle } from "./styles.ts";

export { isWithin, matchTrees, realign } from "./align.ts";
export { sourceOfBoth } from "./bothpairs.ts";
export { ChangeLegend } from "./changelegend.tsx";
export { changeOf, largestOf, subtract } from "./changes.ts";
export { comparisonInWords } from "./comparedwords.ts";
export { HowCompared } from "./comparehow.tsx";
export { nameOf, namesOfBoth } from "./contestants.ts";
export { makeChangeScale } from "./diverging.ts";
export { leftOutOfBoth } from "./leftoutboth.ts";
export { drawChangeBars } from "./matrix/changebars.ts";
export { drawChangeNumbers, rasteriseChanges } from "./matrix/changes.ts";
export { Mismatch } from "./mismatch.tsx";
export { Multiples } from "./multiples.tsx";
export { othersOfBoth } from "./othersboth.ts";
export { Gains } from "./panel/gains.tsx";
export { TwinTitles, twinFrame, twinPicture } from "./twins.tsx";

addStyle(style);
followSecond();
