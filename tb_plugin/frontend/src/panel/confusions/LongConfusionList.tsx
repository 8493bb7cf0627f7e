/** All the pairs: heads to sort them by, and a list that scrolls. */

import type { JSX } from "preact";
import { isOfTests, type SortKey } from "../../confusion/pairs.ts";
import {
  isLong,
  SORTED_BY,
  sort,
  sortBy,
  sortKeys,
  whyFewSorts,
} from "../../state/confusionListSort.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { listed } from "../listedPairs.ts";
import style from "../longConfusionList.css?inline";
import { SortHead } from "../SortHead.tsx";
import { TITLES } from "../surprise/titles.ts";

addStyle(style);

const PITCH = 34;

export function LongConfusionList(props: {
  count: number;
  row: (index: number) => JSX.Element;
}): JSX.Element {
  return (
    <>
      <Heads />
      <VirtualList
        label="Top confusions"
        pitch={PITCH}
        of={[listed.value, sort.value]}
        {...props}
      />
      <button
        type="button"
        class="link label"
        data-testid="fewer-pairs"
        onClick={() => {
          isLong.value = false;
        }}
      >
        fewer
      </button>
    </>
  );
}

function Heads(): JSX.Element {
  const { key, flipped } = sort.value;
  const head = (each: SortKey): JSX.Element => (
    <SortHead
      sorted={{
        isOn: key === each,
        flipped,
        isUp: each === "actual" || each === "predicted",
      }}
      onSort={() => sortBy(each)}
      {...(isOfTests(each) ? { title: TITLES[each] } : {})}
    >
      {SORTED_BY[each]}
    </SortHead>
  );
  return (
    <fieldset class="heads" aria-label="Sort by" title={whyFewSorts.value}>
      <span>
        {head("actual")} {head("predicted")} {head("distance")}
      </span>
      <span>
        {(["surprise", "oneway"] as const)
          .filter((each) => sortKeys.value.includes(each))
          .map(head)}
      </span>
      <span>
        {(["mutual", "share", "count", "fewer", "change"] as const)
          .filter((each) => sortKeys.value.includes(each))
          .map(head)}
      </span>
    </fieldset>
  );
}
