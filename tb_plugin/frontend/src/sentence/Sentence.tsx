/** One computed sentence: what a colleague would say of the matrix. */

import type { JSX } from "preact";
import type { Epoch } from "../confusion/cells.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { pointing } from "../panel/NodeLink.tsx";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { measureAt } from "../ui/textFitting.ts";
import { type Clause, clausesOf, type Piece } from "./clauses.ts";
import style from "./sentence.css?inline";

addStyle(style);

const measure = measureAt(13);

const textOf = (piece: Piece): string =>
  typeof piece === "string" ? piece : piece.text;

const widthOf = (clause: Clause): number =>
  measure(`${clause.map(textOf).join("")}; `);

/** The first clauses that have room in a line: none is cut. */
function fittingClauses(all: readonly Clause[], width: number): Clause[] {
  let room = width;
  return all.filter((clause) => {
    const needed = widthOf(clause);
    if (needed > room) return false;
    room -= needed;
    return true;
  });
}

export function Sentence(props: {
  tree: Tree;
  epoch: Epoch;
  width: number;
}): JSX.Element | null {
  const { tree, epoch, width } = props;
  const all = clausesOf(tree, epoch);
  const shown = fittingClauses(all, width);
  if (!shown.length) return null;
  return (
    <p
      class="sentence"
      data-testid="sentence"
      title={all.map((clause) => clause.map(textOf).join("")).join("; ")}
      style={px({ width })}
    >
      {shown.map((clause, at) => (
        <span key={clause.map(textOf).join("")}>
          {clause.map((piece) => (
            <Part key={textOf(piece)} piece={piece} />
          ))}
          {at < shown.length - 1 ? "; " : "."}
        </span>
      ))}
    </p>
  );
}

function Part({ piece }: { piece: Piece }): JSX.Element {
  if (typeof piece === "string") return <>{piece}</>;
  const { text, rows, columns = rows } = piece;
  return (
    <button
      type="button"
      class="link"
      {...pointing(rows, columns)}
      onClick={() => view.select(rows, columns)}
    >
      {text}
    </button>
  );
}
