/** What is seen in the layer, in one sentence above the map. */

import type { JSX } from "preact";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { channelGroups, shownNodes } from "../data/loadMap.ts";
import { asked, channels, group, misfit } from "../data/loadResponses.ts";
import {
  type Piece,
  sentenceOfGroup,
  sentenceOfLayer,
} from "../data/sentence.ts";

function pieces(): Piece[] {
  const [tree, of] = [view.tree.value, channelGroups.value];
  if (!tree || !of || misfit.value) return [];
  const node = group.value;
  if (!node) return sentenceOfLayer(tree, of, shownNodes.value);
  const got = channels.value;
  const isOfIt = got?.of === asked.value && got.found;
  return isOfIt ? sentenceOfGroup(tree, node, got.found!) : [];
}

export function Sentence(): JSX.Element | null {
  const all = pieces();
  if (!all.length) return null;
  const { matrix, panel } = view.layout.value;
  return (
    <p
      class="sentence"
      data-testid="sentence"
      style={px({ left: matrix.x, top: 2, width: panel.x - matrix.x - 12 })}
    >
      {all.map((piece) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <button
            key={piece.node}
            type="button"
            class="link"
            onClick={() => view.select(piece.node)}
          >
            {piece.name}
          </button>
        ),
      )}
    </p>
  );
}
