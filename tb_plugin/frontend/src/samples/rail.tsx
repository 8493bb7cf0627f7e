/** Where the selection is, which of its samples are shown, and filters. */

import type { JSX } from "preact";
import { px } from "../layout.ts";
import { Between } from "./between.tsx";
import { Probability } from "./probability.tsx";
import { RailMap } from "./railmap.tsx";
import { Ranks } from "./ranks.tsx";
import { Which } from "./whichlist.tsx";

export function Rail({ side }: { side: number }): JSX.Element {
  return (
    <div class="rail" style={px({ width: side })}>
      <RailMap side={side} />
      <Which />
      <Probability width={side} />
      <Ranks />
      <Between />
    </div>
  );
}
