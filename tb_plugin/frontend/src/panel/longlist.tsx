/** All the pairs: heads to sort them by, and a list that scrolls. */

import type { JSX } from "preact";
import { isLong, SORTED_BY, sort, sortBy, sortKeys } from "../listing.ts";
import { listed } from "../pairlist.ts";
import type { SortKey } from "../pairs.ts";
import style from "../style/longlist.css?inline";
import { addStyle } from "../styles.ts";
import { Head } from "./parts.tsx";
import { VirtualList } from "./virtual.tsx";

addStyle(style);

const PITCH = 34;

export function LongList(props: {
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
    <Head
      sorted={{
        isOn: key === each,
        flipped,
        isUp: each === "actual" || each === "predicted",
      }}
      onSort={() => sortBy(each)}
    >
      {SORTED_BY[each]}
    </Head>
  );
  return (
    <fieldset class="heads" aria-label="Sort by">
      <span>
        {head("actual")} {head("predicted")} {head("distance")}
      </span>
      <span>
        {(["mutual", "share", "count", "fewer", "change"] as const)
          .filter((each) => sortKeys.value.includes(each))
          .map(head)}
      </span>
    </fieldset>
  );
}
