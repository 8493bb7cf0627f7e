/** Where the selection is, which of its samples are shown, and filters. */

import type { JSX } from "preact";
import { px } from "../../state/pageLayout.ts";
import { ChangeFilter } from "./ChangeFilter.tsx";
import { ProbabilityFilter } from "./ProbabilityFilter.tsx";
import { RankFilter } from "./RankFilter.tsx";
import { RoleFilter } from "./RoleFilter.tsx";
import { SampleMap } from "./SampleMap.tsx";

export function Sidebar({ side }: { side: number }): JSX.Element {
  return (
    <div class="rail" style={px({ width: side })}>
      <SampleMap side={side} />
      <RoleFilter />
      <ProbabilityFilter width={side} />
      <RankFilter />
      <ChangeFilter />
    </div>
  );
}
