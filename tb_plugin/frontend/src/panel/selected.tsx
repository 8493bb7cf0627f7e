/** What the panel says of a selection: it comes with the first. */

import type { JSX } from "preact";
import type { Epoch } from "../counts.ts";
import { kindOf, type Selection } from "../selection.ts";
import style from "../style/selected.css?inline";
import { addStyle } from "../styles.ts";
import type { Tree } from "../tree.ts";
import { BandFigures, BlockFigures, RectangleFigures } from "./blocks.tsx";
import { GroupFigures } from "./figures.tsx";

export { Outside } from "./outside.tsx";

addStyle(style);

export function Figures(props: {
  tree: Tree;
  epoch: Epoch;
  selection: Selection;
}): JSX.Element {
  const { rows, columns, box } = props.selection;
  const kind = kindOf(props.selection);
  if (box) return <RectangleFigures {...props} box={box} />;
  if (kind === "block") return <BlockFigures {...props} />;
  if (kind === "group") return <GroupFigures {...props} node={rows} />;
  return <BandFigures {...props} node={rows || columns} />;
}
