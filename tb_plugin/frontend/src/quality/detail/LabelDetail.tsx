/** The panel of a label: the picture, what else it may be, or also be. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { shown } from "../../samples/data/loadSamples.ts";
import { SampleFacts } from "../../samples/shared/SampleFacts.tsx";
import { TopClasses } from "../../samples/shared/TopClasses.tsx";
import * as view from "../../state/view.ts";
import { type LabelEntry, nameOf, type ObjectsEntry } from "../data/entries.ts";
import { references } from "../data/evidenceSamples.ts";
import { sampled } from "../data/loadQuality.ts";
import { Thumbnails } from "./Thumbnails.tsx";

const ACROSS = 6;
const GAP = 6;

export function LabelDetail(props: {
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
      <SampleFacts tree={tree} facts={there.facts} sample={sample} />
      <TopClasses tree={tree} sample={sample} />
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
            <Thumbnails samples={found} side={side} />
          </section>
        );
      })}
    </>
  );
}
