// biome-ignore-all lint/a11y/useSemanticElements: a table cannot leave rows out
// biome-ignore-all lint/a11y/useFocusableInteractive: its cells take the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: walking.ts has the keys

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { zoomedParts } from "../../matrix/zoomed/lazyZoomed.ts";
import * as view from "../../state/all.ts";
import {
  least,
  only,
  range,
  relation,
  showAllCells,
} from "../../state/filters.ts";
import { px } from "../../state/pageLayout.ts";
import { plural, whole } from "../../ui/format.ts";
import { forgetWaiting } from "../data/pictureCache.ts";
import { previewed } from "../detail/detailedSample.ts";
import { grouping, pinned, SIZES, size } from "../selection/choices.ts";
import type { Grouping } from "../selection/grouping.ts";
import {
  across,
  areErrors,
  arranged,
  concerned,
  facts,
  leftOut,
  placeOf,
  rows,
} from "../selection/shownSamples.ts";
import { GroupHead } from "./GroupHead.tsx";
import { listenToWalk, reveal } from "./gridKeys.ts";
import { firstFrom, rowAt } from "./gridRows.ts";
import { SampleCell } from "./SampleCell.tsx";

const GAP = 8;
/** Pixels kept beyond what is in sight. */
const SPARE = 240;
const REST = 150;

export function SampleGrid(props: {
  left: number;
  width: number;
}): JSX.Element {
  const { left, width } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 640 });
  const wanted = Math.max(1, Math.floor((width - 4) / (size.value + GAP)));
  useLayoutEffect(() => {
    across.value = wanted;
  }, [wanted]);
  const measure = (): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    setSeen({ top: scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  // Another selection, order or filter begins at its beginning.
  useEffect(
    () =>
      effect(() => {
        arranged.value;
        if (scroller.current) scroller.current.scrollTop = 0;
        const at = pinned.peek();
        if (at !== null) reveal(scroller.current, at);
      }),
    [],
  );
  useEffect(() => listenToWalk(scroller), []);
  const all = rows.value;
  const { list, groups } = arranged.value;
  const first = rowAt(all, Math.max(0, seen.top - SPARE));
  const last = rowAt(all, seen.top + seen.height + SPARE);
  const inSight = all.rows.slice(first, last + 1);
  const places = inSight.filter((row) => row.to > row.from);
  const [from, to] = [places[0]?.from ?? 0, places.at(-1)?.to ?? 0];
  forgetWaiting((sample) => {
    const place = placeOf.value.get(sample);
    return place === undefined || (place >= from && place < to);
  });
  const here = facts.value;
  const pinnedPlace =
    pinned.value === null ? undefined : placeOf.value.get(pinned.value);
  const active = pinnedPlace ?? firstFrom(all, seen.top);
  return (
    <div class="grid-area" style={px({ left, width })}>
      <GridHead />
      <div
        ref={scroller}
        class="scroller"
        role="grid"
        data-testid="grid"
        aria-label="Samples"
        aria-rowcount={all.rows.length}
        aria-colcount={across.value}
        onScroll={measure}
        onClick={(event) => pin(event.target as Element)}
        onPointerOver={(event) => preview(event.target as Element)}
        onPointerLeave={() => preview(null)}
      >
        {!list.length && (
          <div role="row">
            <div role="gridcell" class="nothing" tabIndex={0}>
              No sample is all of this.
            </div>
          </div>
        )}
        <div
          role="presentation"
          style={{ height: `${all.top.at(-1)}px`, position: "relative" }}
        >
          {here &&
            inSight.map((row, i) => {
              const at = first + i;
              const isHead = row.to === row.from;
              return (
                <div
                  key={at}
                  role="row"
                  class={isHead ? "samples-row group" : "samples-row"}
                  aria-rowindex={at + 1}
                  style={{ top: `${all.top[at]}px` }}
                >
                  {isHead ? (
                    <div
                      role="rowheader"
                      data-testid="group-head"
                      aria-colspan={across.value}
                    >
                      <GroupHead group={groups[row.group]!} index={row.group} />
                    </div>
                  ) : (
                    Array.from(list.subarray(row.from, row.to), (sample, k) => (
                      <SampleCell
                        key={sample}
                        facts={here}
                        column={k}
                        isActive={row.from + k === active}
                        sample={sample}
                      />
                    ))
                  )}
                </div>
              );
            })}
        </div>
      </div>
    </div>
  );
}

function sampleAt(target: Element): number | null {
  const cell = target.closest("[data-sample]");
  return cell ? Number(cell.getAttribute("data-sample")) : null;
}

function pin(target: Element): void {
  const sample = sampleAt(target);
  if (sample === null) return;
  pinned.value = pinned.value === sample ? null : sample;
}

let resting = 0;

/** The panel follows a pointer that rests. */
function preview(target: Element | null): void {
  clearTimeout(resting);
  const sample = target && sampleAt(target);
  if (sample === null) {
    previewed.value = null;
    return;
  }
  resting = setTimeout(() => {
    previewed.value = sample;
  }, REST) as unknown as number;
}

function GridHead(): JSX.Element {
  const { list, groups } = arranged.value;
  const noun: [string, string] = areErrors.value
    ? ["error", "errors"]
    : ["sample", "samples"];
  const nouns: Record<Grouping, [string, string]> = {
    actual: ["actual class", "actual classes"],
    predicted: ["predicted class", "predicted classes"],
    both: ["pair", "pairs"],
  };
  return (
    <div class="grid-head">
      <p data-testid="grid-title">
        <strong>{plural(list.length, ...noun)}</strong>
        <span class="label">
          of {plural(concerned.value, "sample", "samples")} ·{" "}
          {plural(groups.length, ...nouns[grouping.value])}
          {groups.length > 1 && !leftOut.value && (
            <> · one row each, Enter opens one</>
          )}
        </span>
      </p>
      {leftOut.value > 0 && <LeftOut />}
      <fieldset class="sizes">
        <legend class="label">picture</legend>
        {SIZES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === size.value}
            onClick={() => {
              size.value = each;
            }}
          >
            {each}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

/** Samples whose cells the matrix leaves out, and the way back to them. */
function LeftOut(): JSX.Element | null {
  const code = zoomedParts.value;
  if (!code) return null;
  const filters = {
    least: least.value,
    range: range.value,
    relation: relation.value,
  };
  const why = code
    .reasons(filters, only.value, view.cellValue.value)
    .join(", ");
  const text = `${whole(leftOut.value)} in cells left out: ${why}`;
  return (
    <p class="left-out" data-testid="cells-left-out">
      <span title={text}>{text}</span>
      <button
        type="button"
        class="link chosen"
        data-testid="show-all-cells"
        onClick={showAllCells}
      >
        show all
      </button>
    </p>
  );
}
