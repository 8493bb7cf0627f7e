/** What the top bar chooses among samples. */

import type { JSX } from "preact";
import { Choice, plain } from "../choice.tsx";
import { GROUPINGS, type Grouping, SORTS, type SortBy } from "./arrange.ts";
import { grouping, sortedBy } from "./choices.ts";

const SORTED_BY: Record<SortBy, string> = {
  probability: "probability of the answer",
  margin: "margin",
  loss: "loss",
};

export function Choices(): JSX.Element {
  return (
    <>
      <Choice
        label="group by"
        value={grouping.value}
        options={plain(GROUPINGS)}
        onChoose={(by) => {
          grouping.value = by as Grouping;
        }}
      />
      <Choice
        label="sort by"
        value={sortedBy.value}
        options={SORTS.map((value) => ({ value, text: SORTED_BY[value] }))}
        onChoose={(by) => {
          sortedBy.value = by as SortBy;
        }}
      />
    </>
  );
}
