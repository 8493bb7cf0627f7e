/** The picture of a sample, large, with what is known of it. */

import { Fragment, type JSX } from "preact";
import { useState } from "preact/hooks";
import { fullName } from "../../hierarchy/classNames.ts";
import { NodeName, panelRoom } from "../../panel/NodeLink.tsx";
import * as view from "../../state/all.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { shown } from "../data/loadSamples.ts";
import { copy } from "../export/lazySaving.ts";
import { meetingOf, type OfSample } from "./lowestCommonAncestor.ts";
import { Picture } from "./Picture.tsx";

const regular = measureAt(12);
const SIDE = { wide: 168, compact: 112 };
/** Between the picture and what is said of it. */
const GAP = 15;
/** A name that stands out is wider by so much. */
const STRONG = 6;

export function SampleFacts({ tree, facts, sample }: OfSample): JSX.Element {
  const [row, column] = [facts.trueLeaf[sample]!, facts.predictedLeaf[sample]!];
  const [actual, predicted] = [tree.leaves[row]!, tree.leaves[column]!];
  const { node, distance } = meetingOf(tree, row, column);
  const { compact } = view.pageFrame.value;
  const { index } = shown.value!;
  const side = compact ? SIDE.compact : SIDE.wide;
  const room = panelRoom() - side - GAP;
  const up = ` (${distance} up)`;
  const margin = facts.margin[sample]!;
  const loss = facts.loss[sample]!;
  return (
    <section class="one" aria-label="Sample" data-testid="sample">
      <Picture sample={sample} side={side} />
      <dl>
        <dt>actual</dt>
        <dd class="strong" title={fullName(tree, actual)}>
          <NodeName tree={tree} node={actual} room={room - STRONG} />
        </dd>
        <dt>predicted</dt>
        <dd
          class={row === column ? "" : "wrong"}
          title={fullName(tree, predicted)}
        >
          <NodeName tree={tree} node={predicted} room={room} />
        </dd>
        {row !== column && (
          <>
            <dt>common group</dt>
            <dd title={fullName(tree, node)}>
              {node === 0 ? (
                "all"
              ) : (
                <NodeName tree={tree} node={node} room={room - regular(up)} />
              )}
              {up}
            </dd>
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
