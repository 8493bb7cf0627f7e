/** The panel of a label: the picture, what else it may be, or also be. */

import type { JSX } from "preact";
import { shown } from "../samples/loading.ts";
import { Facts } from "../samples/samplefacts.tsx";
import { Top } from "../samples/top.tsx";
import type { Tree } from "../tree.ts";
import * as view from "../view.ts";
import { type LabelEntry, nameOf, type ObjectsEntry } from "./entries.ts";
import { references } from "./gather.ts";
import { sampled } from "./loading.ts";
import { Pictures } from "./pictures.tsx";

const ACROSS = 6;
const GAP = 6;

export function LabelSide(props: {
  tree: Tree;
  entry: LabelEntry | ObjectsEntry;
}): JSX.Element | null {
  const { tree, entry } = props;
  const { sample, given } = entry.of;
  const second = entry.list === "suspect" ? entry.of.suggested : entry.of.other;
  const there = sampled.value;
  if (!there || !shown.value) return null;
  const room = view.layout.value.panel.width - 33;
  const side = Math.floor((room - GAP * (ACROSS - 1)) / ACROSS);
  return (
    <>
      <Facts tree={tree} facts={there.facts} sample={sample} />
      <Top tree={tree} sample={sample} />
      {[second, given].map((label) => {
        const found = references(there, label, 2 * ACROSS, sample);
        return (
          <section key={label} aria-label={nameOf(tree, label)}>
            <h2>
              {nameOf(tree, label)}{" "}
              <span class="label">
                {found.length ? "surest of those named right" : "none right"}
              </span>
            </h2>
            <Pictures samples={found} side={side} />
          </section>
        );
      })}
    </>
  );
}
