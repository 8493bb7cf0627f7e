/** What the top bar chooses among samples. */

import type { JSX } from "preact";
import { plain, Select } from "../../ui/Select.tsx";
import { grouping, sortedBy } from "../selection/choices.ts";
import {
  GROUPINGS,
  type Grouping,
  SORTS,
  type SortBy,
} from "../selection/grouping.ts";

const SORTED_BY: Record<SortBy, string> = {
  probability: "probability of the answer",
  margin: "margin",
  loss: "loss",
};

export function SampleChoices(): JSX.Element {
  return (
    <>
      <Select
        label="group by"
        value={grouping.value}
        options={plain(GROUPINGS)}
        onChoose={(by) => {
          grouping.value = by as Grouping;
        }}
      />
      <Select
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
