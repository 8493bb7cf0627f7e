/** All that the page adds while it shows a part of the matrix: it comes then. */

import style from "./style/partial.css?inline";
import { addStyle } from "./styles.ts";

export { shownBlocks } from "./blocks.ts";
export { ColumnNames } from "./columnnames.tsx";
export { leftOut, reasons } from "./leftout.ts";
export { Locator } from "./locator.tsx";
export { marginsOf, othersOf, totalsOf } from "./margins.ts";
export { drawGrid, drawOthers, drawTotals } from "./matrix/others.ts";
export { countsOf, largest, ownOthers } from "./othersown.ts";
export { othersInWords } from "./otherswords.ts";

addStyle(style);
