/** The matrix of a probe, large, with the names of its rows. */

import type { JSX } from "preact";
import { shortName } from "../../hierarchy/shortNames.ts";
import { px } from "../../state/pageLayout.ts";
import * as view from "../../state/view.ts";
import { isolated } from "../../ui/format.ts";
import { measureAt, place } from "../../ui/textFitting.ts";
import { palette } from "../../ui/theme.ts";
import { BlockMatrix } from "../columns/BlockMatrix.tsx";
import { colourOfBlock, type Drawn } from "../data/drawnProbes.ts";

const [LARGE, COMPACT] = [212, 152];
const PITCH = 12;
const MOST_MOVED = 20;
/** From a name to its row. */
const LEADER = 16;
/** What the panel keeps free around what it holds. */
const PADDING = 33;

const regular = measureAt(11);

export function LabelledMatrix(props: {
  drawn: Drawn;
  name: string;
}): JSX.Element {
  const { tree, blocks } = props.drawn;
  const { panel, compact } = view.layout.value;
  const side = compact ? COMPACT : LARGE;
  const left = panel.width - PADDING - side;
  const perPlace = side / blocks.edge.at(-1)!;
  const rows = Array.from(blocks.nodes, (node, at) => {
    const [low, high] = [blocks.edge[at]!, blocks.edge[at + 1]!];
    return {
      node,
      wanted: ((low + high) / 2) * perPlace,
      weight: high - low,
    };
  });
  const bounds = { pitch: PITCH, low: 5, high: side - 5 };
  return (
    <section aria-label="Its answers" class="labelled">
      <svg width={left} height={side} aria-hidden="true">
        {place(rows, bounds, MOST_MOVED).map(({ item, at }) => (
          <g key={item.node}>
            <path d={`M${left - LEADER} ${at}L${left - 3} ${item.wanted}`} />
            <text x={left - LEADER - 3} y={at} dy="0.36em">
              {shortName(tree, item.node, left - LEADER - 4, regular)}
            </text>
          </g>
        ))}
      </svg>
      <div style={px({ width: side })}>
        <BlockMatrix
          kind="probe"
          tree={tree}
          edge={blocks.edge}
          side={side}
          about={blocks}
          colour={colourOfBlock(palette.value, blocks)}
          label={`Answers of the class probe at ${isolated(props.name)}, large`}
        />
      </div>
    </section>
  );
}
