/** The panel of a class that is really two: its errors, group by group. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { ACROSS, sideOfPictures } from "../../samples/shared/sideOfPictures.ts";
import { percentBriefly, plural, whole } from "../../ui/format.ts";
import { groupName, groupOf, type TwoEntry } from "../data/entries.ts";
import { elsewhere, strayed } from "../data/evidenceSamples.ts";
import { sampled } from "../data/loadQuality.ts";
import { estimate } from "../lists/ListRows.tsx";
import { Thumbnails } from "./Thumbnails.tsx";

const ROWS = 3;

export function ClassDetail(props: {
  tree: Tree;
  entry: TwoEntry;
}): JSX.Element {
  const { tree, entry } = props;
  const { errors, groups, counts, expected, evidence } = entry.of;
  const there = sampled.value;
  const side = sideOfPictures();
  const rest = errors - counts[0] - counts[1];
  return (
    <>
      <section aria-label="Figures">
        <dl class="facts">
          <div>
            <dt class="one-line">evidence of the weaker, −log₁₀ p</dt>
            <dd>{evidence.toFixed(1)}</dd>
          </div>
          <div>
            <dt class="one-line">false discoveries up to here</dt>
            <dd>{percentBriefly(entry.of.false_discoveries)}</dd>
          </div>
        </dl>
      </section>
      {groups.map((group, k) => (
        <section key={group} aria-label={groupName(tree, group)}>
          <h2>
            {`→ ${groupName(tree, group)}`}{" "}
            <span class="label">
              {`${whole(counts[k]!)}, ${estimate(expected[k]!)} expected`}
            </span>
          </h2>
          {there && (
            <Thumbnails
              samples={strayed(
                there,
                entry.of.class,
                groupOf(tree, group),
                ROWS * ACROSS,
              )}
              side={side}
            />
          )}
        </section>
      ))}
      <section aria-label="Elsewhere">
        <h2>
          Elsewhere{" "}
          <span class="label">{`${whole(rest)} of ${plural(errors, "error", "errors")}`}</span>
        </h2>
        {there && (
          <Thumbnails
            samples={elsewhere(
              there,
              entry.of.class,
              groups.map((group) => groupOf(tree, group)),
            ).slice(0, 2 * ACROSS)}
            side={side}
          />
        )}
      </section>
    </>
  );
}
