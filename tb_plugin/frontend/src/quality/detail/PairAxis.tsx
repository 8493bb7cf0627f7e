/** One axis, two labels: where the samples of both lie between the two. */

import type { JSX } from "preact";
import { ACROSS, sideOfPictures } from "../../samples/shared/sideOfPictures.ts";
import * as view from "../../state/all.ts";
import { nameOf, type PairEntry } from "../data/entries.ts";
import {
  alongAxis,
  type Dot,
  piles,
  type Sampled,
  spread,
} from "../data/evidenceSamples.ts";
import { Thumbnails } from "./Thumbnails.tsx";

const RADIUS = 2.4;
const PITCH = 5.6;
/** Height of the dots of a label, and of its name above them. */
const TALL = 46;
const NAME = 14;

export function PairAxis(props: {
  there: Sampled;
  entry: PairEntry;
}): JSX.Element | null {
  const { there, entry } = props;
  const { a, b } = entry.of;
  const { tree } = there;
  const { ofA, ofB, leftOut } = alongAxis(there, a, b);
  if (!ofA.length && !ofB.length) return null;
  const width = view.pageFrame.value.panel.width - 33;
  const side = sideOfPictures();
  const some = [spread(ofA, ACROSS), spread(ofB, ACROSS)];
  const crossed = new Set(
    [...ofA, ...ofB].filter((dot) => dot.crossed).map(({ sample }) => sample),
  );
  return (
    <>
      <section aria-label="One axis, two labels" data-testid="axis">
        <h2>
          {view.pageFrame.value.compact ? "One axis" : "One axis, two labels"}{" "}
          <span class="label">
            <b class="dot" /> crossed
            {leftOut > 0 && ` · ${leftOut} unknown`}
          </span>
        </h2>
        <svg
          class="axis"
          width={width}
          height={2 * (TALL + NAME)}
          role="img"
          aria-label={inWords(ofA, ofB)}
        >
          <path class="middle" d={`M${width / 2} 4V${2 * (TALL + NAME)}`} />
          <Dots dots={ofA} width={width} base={NAME + TALL} />
          <Dots dots={ofB} width={width} base={2 * (NAME + TALL) - 1} />
          <text class="end" x={width} y={9}>
            {nameOf(tree, a)}
          </text>
          <text x={0} y={TALL + NAME + 11}>
            {nameOf(tree, b)}
          </text>
        </svg>
        <p class="ends label">
          <span class="one-line">{`← surely ${nameOf(tree, a)}`}</span>
          <span class="one-line">{`surely ${nameOf(tree, b)} →`}</span>
        </p>
      </section>
      <section aria-label="Along that axis">
        <h2>
          Along that axis <span class="label">underlined blue: crossed</span>
        </h2>
        {some.map((dots, k) => (
          <Thumbnails
            key={k === 0 ? "a" : "b"}
            samples={dots.map(({ sample }) => sample)}
            side={side}
            isCrossed={(sample) => crossed.has(sample)}
          />
        ))}
      </section>
    </>
  );
}

function inWords(ofA: readonly Dot[], ofB: readonly Dot[]): string {
  const [a, b] = [ofA, ofB].map((dots) => dots.filter((dot) => dot.crossed));
  return `${a!.length} of ${ofA.length} and ${b!.length} of ${ofB.length} crossed`;
}

function Dots(props: {
  dots: readonly Dot[];
  width: number;
  base: number;
}): JSX.Element {
  const { dots, width, base } = props;
  const columns = Math.floor(width / PITCH);
  const places = piles(dots, columns);
  const tallest = 1 + Math.max(0, ...places.map(({ height }) => height));
  // What would not fit stands closer.
  const rise = Math.min(PITCH, (TALL - RADIUS) / tallest);
  return (
    <>
      <path class="base" d={`M0 ${base}H${width}`} />
      {dots.map(({ sample, crossed }, k) => (
        <circle
          key={sample}
          class={crossed ? "crossed" : ""}
          cx={(places[k]!.column + 0.5) * (width / columns)}
          cy={base - RADIUS - 1 - places[k]!.height * rise}
          r={RADIUS}
        />
      ))}
    </>
  );
}
