/** What stands in a row of each list. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { Picture } from "../../samples/shared/Picture.tsx";
import { plural, whole } from "../../ui/format.ts";
import {
  type Entry,
  groupOf,
  type LabelEntry,
  leafOf,
  type ObjectsEntry,
  type PairEntry,
  type TwoEntry,
} from "../data/entries.ts";
import { crossing, references, strayed } from "../data/evidenceSamples.ts";
import { quality, sampled } from "../data/loadQuality.ts";
import { Thumbnails } from "../detail/Thumbnails.tsx";
import { CutNames } from "./CutNames.tsx";
import { VerdictButtons } from "./VerdictButtons.tsx";

/** How probable a model of the labels says that one is wrong; none is certain. */
export function wrongProbability(trust: number): string {
  if (trust < 0.005) return "P(wrong) <0.01";
  return `P(wrong) ${trust < 0.995 ? trust.toFixed(2) : ">0.99"}`;
}

/** Sides of pictures, and how many stand side by side. */
export interface Sizes {
  side: number;
  most: number;
  large: number;
  small: number;
  /** How many references; none where there is no room. */
  likes: number;
  /** Whether there is room for words beside the figures. */
  isWordy: boolean;
}

export const WIDE: Sizes = {
  side: 36,
  most: 4,
  large: 72,
  small: 26,
  likes: 3,
  isWordy: true,
};
export const COMPACT: Sizes = {
  side: 32,
  most: 3,
  large: 56,
  small: 26,
  likes: 0,
  isWordy: false,
};

interface Props<Of extends Entry> {
  tree: Tree;
  entry: Of;
  sizes: Sizes;
  isTold: boolean;
}

function figure(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** 0.04, 3.1, 120: what is expected is an estimate. */
export function estimate(value: number): string {
  if (value > 0 && value < 0.005) return "<0.01";
  return value < 0.1 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0);
}

/** Two names in a line: where both are long, each has its share of the room. */
function Both(props: {
  tree: Tree;
  labels: readonly [number, number];
  sign: string;
  isStrong?: boolean;
}): JSX.Element {
  const { tree, labels, sign, isStrong } = props;
  const [one, two] = labels;
  return (
    <CutNames
      tree={tree}
      nodes={[leafOf(tree, one), leafOf(tree, two)]}
      face={isStrong ? "strong" : "regular"}
      class={isStrong ? "name both strong" : "name both"}
      sign={sign}
    />
  );
}

export function PairRow(props: Props<PairEntry>): JSX.Element {
  const { tree, entry, sizes, isTold } = props;
  const { a, b, a_as_b, b_as_a, expected } = entry.of;
  const crossed = a_as_b + b_as_a;
  const there = sampled.value;
  const side = (from: number, to: number, count: number): JSX.Element => (
    <span class="side">
      {there && (
        <Thumbnails
          samples={crossing(there, from, to, sizes.most)}
          side={sizes.side}
        />
      )}
      <span class="line">
        <Both tree={tree} labels={[from, to]} sign="→" />
        <span>{whole(count)}</span>
      </span>
    </span>
  );
  return (
    <>
      <span class="line">
        <Both tree={tree} labels={[a, b]} sign="⇄" isStrong />
        <span class="about">
          {sizes.isWordy
            ? `${whole(crossed)} crossed, ${estimate(expected)} expected`
            : `${whole(crossed)}, ${estimate(expected)} exp.`}
        </span>
        <VerdictButtons entry={entry} isTold={isTold} />
      </span>
      <span class="sides">
        {side(a, b, a_as_b)}
        {side(b, a, b_as_a)}
      </span>
    </>
  );
}

export function TwoRow(props: Props<TwoEntry>): JSX.Element {
  const { tree, entry, sizes, isTold } = props;
  const { errors, groups, counts, expected } = entry.of;
  const there = sampled.value;
  const sum = counts[0] + counts[1];
  return (
    <>
      <span class="line">
        <CutNames
          tree={tree}
          nodes={[leafOf(tree, entry.of.class)]}
          face="strong"
          class="name strong"
        />
        <span class="about">{`${whole(sum)} of ${plural(errors, "error", "errors")}`}</span>
        <VerdictButtons entry={entry} isTold={isTold} />
      </span>
      <span class="sides">
        {groups.map((group, k) => (
          <span key={group} class="side">
            {there && (
              <Thumbnails
                samples={strayed(
                  there,
                  entry.of.class,
                  groupOf(tree, group),
                  sizes.most,
                )}
                side={sizes.side}
              />
            )}
            <span class="line">
              <CutNames
                tree={tree}
                nodes={[groupOf(tree, group)]}
                face="regular"
                class="name"
                before="→ "
              />
              {/* Without room for the group's name its count says nothing. */}
              <span title={`${estimate(expected[k]!)} expected`}>
                {whole(counts[k]!)}
                {sizes.isWordy && `, ${estimate(expected[k]!)} exp.`}
              </span>
            </span>
          </span>
        ))}
      </span>
    </>
  );
}

/** What a label says, and what the network says beside it. */
function claimsOf(entry: LabelEntry | ObjectsEntry) {
  const claim = (
    says: "given" | "looks" | "also",
    label: number,
    share: number | null,
    threshold: number,
  ) => ({ says, label, share, threshold });
  const { given, p_given, threshold_given } = entry.of;
  const label = claim("given", given, p_given, threshold_given);
  if (entry.list === "suspect") {
    const { suggested, p_suggested, threshold_suggested } = entry.of;
    return [label, claim("looks", suggested, p_suggested, threshold_suggested)];
  }
  const { other, p_other, threshold_other } = entry.of;
  return [label, claim("also", other, p_other, threshold_other)];
}

function aboutLabel(entry: LabelEntry | ObjectsEntry): string {
  if (entry.list === "two_objects") return `${entry.of.distance} apart`;
  // Without probabilities of labels, or of a weak network, there is an order,
  // and no figure.
  const { trust } = entry.of;
  const { known, is_weak } = quality.value?.suspects ?? {};
  const isTrusted = known && !is_weak && trust !== null;
  return isTrusted ? wrongProbability(trust) : "";
}

export function LabelRow(props: Props<LabelEntry | ObjectsEntry>): JSX.Element {
  const { tree, entry, sizes, isTold } = props;
  const { of } = entry;
  const there = sampled.value;
  return (
    <span class="label-row">
      {there && <Picture sample={of.sample} side={sizes.large} />}
      <span class="claims">
        <span class="line">
          <span class="name muted">{of.id.slice(0, 80)}</span>
          <span class="about">{aboutLabel(entry)}</span>
          <VerdictButtons entry={entry} isTold={isTold} />
        </span>
        {claimsOf(entry).map(({ says, label, share, threshold }) => (
          <span key={says} class="claim">
            <span class="said">
              <span class="line">
                <span class="says">{says}</span>
                <CutNames
                  tree={tree}
                  nodes={[leafOf(tree, label)]}
                  face="strong"
                  class="name strong"
                />
                <span>{figure(share)}</span>
              </span>
              <span class="share">
                <i
                  class={says === "given" ? "given" : "looks"}
                  style={{ width: `${100 * (share ?? 0)}%` }}
                />
                <b style={{ left: `${100 * threshold}%` }} />
              </span>
            </span>
            {there && sizes.likes > 0 && (
              <Thumbnails
                samples={references(there, label, sizes.likes, of.sample)}
                side={sizes.small}
              />
            )}
          </span>
        ))}
      </span>
    </span>
  );
}
