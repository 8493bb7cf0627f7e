/** The answers to the samples of a class, by probability: right up, wrong down. */

import type { JSX } from "preact";
import type { ClassAnswers } from "../../state/confusionListSort.ts";

/** Of one bar, and of the longest. */
const [WIDE, TALL] = [5, 7];

export function AnswerBars(props: {
  answers: ClassAnswers;
  position: number;
}): JSX.Element {
  const { answers, position } = props;
  const { bins } = answers;
  const from = position * bins;
  const right = answers.right.subarray(from, from + bins);
  const wrong = answers.wrong.subarray(from, from + bins);
  const most = Math.max(...right, ...wrong, 1);
  const path = (counts: Uint32Array, sign: 1 | -1): string =>
    Array.from(counts, (count, bin) => {
      // What is there is seen.
      const tall = count ? Math.max((TALL * count) / most, 1) : 0;
      return count
        ? `M${bin * WIDE} ${TALL + 0.5}v${sign * tall}h${WIDE - 1}v${-sign * tall}z`
        : "";
    }).join("");
  return (
    <svg
      class="at-answers"
      viewBox={`0 0 ${bins * WIDE} ${2 * TALL + 1}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="right" d={path(right, -1)} />
      <path class="wrong" d={path(wrong, 1)} />
    </svg>
  );
}
