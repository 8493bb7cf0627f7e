/** The picture of a sample, large, with what is known of it. */

import { Fragment, type JSX } from "preact";
import { useState } from "preact/hooks";
import * as view from "../../state/view.ts";
import { shown } from "../data/loadSamples.ts";
import { copy } from "../export/lazySaving.ts";
import { meetingOf, type OfSample } from "./lowestCommonAncestor.ts";
import { Picture } from "./Picture.tsx";

const SIDE = { wide: 168, compact: 112 };

export function SampleFacts({ tree, facts, sample }: OfSample): JSX.Element {
  const [row, column] = [facts.trueLeaf[sample]!, facts.predictedLeaf[sample]!];
  const name = (position: number): string =>
    tree.names[tree.leaves[position]!]!;
  const { node, distance } = meetingOf(tree, row, column);
  const { compact } = view.layout.value;
  const { index } = shown.value!;
  const margin = facts.margin[sample]!;
  const loss = facts.loss[sample]!;
  return (
    <section class="one" aria-label="Sample" data-testid="sample">
      <Picture sample={sample} side={compact ? SIDE.compact : SIDE.wide} />
      <dl>
        <dt>actual</dt>
        <dd class="strong" title={name(row)}>
          {name(row)}
        </dd>
        <dt>predicted</dt>
        <dd class={row === column ? "" : "wrong"} title={name(column)}>
          {name(column)}
        </dd>
        {row !== column && (
          <>
            <dt>common group</dt>
            <dd>{`${node === 0 ? "all" : tree.names[node]} (${distance} up)`}</dd>
          </>
        )}
        <dt>margin · loss</dt>
        <dd>{`${figure(margin)} · ${figure(loss)}`}</dd>
        <dt>{index.named ? "id" : "position"}</dt>
        <dd class="id">
          <Id text={index.ids[sample]!} />
        </dd>
      </dl>
    </section>
  );
}

function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  return value === Number.POSITIVE_INFINITY ? "∞" : value.toFixed(2);
}

/** Between its pieces an id may be broken: names of folders and of files. */
export function piecesOf(id: string): string[] {
  return id.split(/(?<=[/\\_-])|(?=\.)/);
}

function Id({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState("");
  return (
    <>
      <span data-testid="sample-id" title={text}>
        {piecesOf(text).map((piece, k) => (
          <Fragment key={k}>
            {k > 0 && <wbr />}
            {piece}
          </Fragment>
        ))}
      </span>{" "}
      <button
        type="button"
        class="label"
        aria-label="Copy the id"
        onClick={() => copy([text], () => setCopied(text))}
      >
        {copied === text ? "copied" : "copy"}
      </button>
    </>
  );
}
