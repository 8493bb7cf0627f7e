/** All that the page adds while it shows a part of the matrix: it comes then. */

import style from "./style/partial.css?inline";
import { addStyle } from "./styles.ts";

export { ColumnNames } from "./columnnames.tsx";
export { Locator } from "./locator.tsx";
export { drawGrid, drawOthers, drawTotals } from "./matrix/others.ts";

addStyle(style);
