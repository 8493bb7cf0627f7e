/** What is drawn while a part of the matrix is shown: it comes then. */

import { addStyle } from "../../ui/addStyle.ts";
import style from "./zoomed.css?inline";

export { ColumnLabels } from "./ColumnLabels.tsx";
export { drawGrid, drawRemainder, drawTotals } from "./drawRemainder.ts";
export { leftOut, reasons } from "./filterReasons.ts";
export { Minimap } from "./Minimap.tsx";
export { remainderInWords } from "./remainderOfNode.ts";
export { shownBlocks } from "./subBlocks.ts";

addStyle(style);
