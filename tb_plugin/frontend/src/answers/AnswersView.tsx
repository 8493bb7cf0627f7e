/** Answers as deep as one can be sure: all that comes when it is asked for. */

import type { JSX } from "preact";
import type { Tree } from "../hierarchy/tree.ts";
import { loadSamplesFor } from "../samples/followSamples.ts";
import sampleStyle from "../samples/shared/sample.css?inline";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { percent, plural, whole } from "../ui/format.ts";
import type { ShortcutHelp } from "../ui/shortcuts.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import style from "./answers.css?inline";
import {
  answers,
  followAnswers,
  problem,
  promised,
} from "./data/loadAnswers.ts";
import { atPromise, measuredSentence, sentence } from "./data/sentence.ts";
import { AnswerMatrix } from "./parts/AnswerMatrix.tsx";
import { Calibration } from "./parts/Calibration.tsx";
import { GroupBars } from "./parts/GroupBars.tsx";
import { RiskCurve } from "./parts/RiskCurve.tsx";
import { WrongAnswers } from "./parts/WrongAnswers.tsx";

export function caption(): Part[] {
  const found = answers.value;
  if (!found) return [];
  const said: Part[] = [
    [
      `${plural(found.calibrating, "sample", "samples")} calibrated, ${whole(found.measured)} others are shown`,
      PRIORITY.subject,
    ],
    [`promise of ${percent(found.now.promise, 0)} on average`, PRIORITY.choice],
  ];
  if (found.step !== view.step.value) {
    said.push([`samples of epoch ${found.step}`, PRIORITY.essential]);
  }
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}

addStyle(sampleStyle + style);
loadSamplesFor("answers");
followAnswers();

/** The promise is chosen on the curve, the level in the bar. */
export function Choices(): null {
  return null;
}

export const shortcuts: readonly ShortcutHelp[] = [];

export function Side({ tree }: { tree: Tree }): JSX.Element | null {
  const found = answers.value;
  return found && <WrongAnswers tree={tree} of={found} />;
}

const LEFT = 12;
const RIGHT = 16;
const GAP = 26;
const HEAD = 70;
const WIDEST = 400;

export function Middle(): JSX.Element {
  const { panel, map } = view.pageFrame.value;
  const [found, tree] = [answers.value, view.tree.value];
  const room = panel.x - LEFT - RIGHT;
  const width = Math.min(WIDEST, Math.floor((room - GAP) / 2));
  const rest = room - width - GAP;
  const half = Math.floor((map.height - HEAD) / 2);
  const said = found && atPromise(found, promised.value);
  return (
    <div
      class="answers"
      data-testid="answers"
      style={px({ top: map.y, width: panel.x, height: map.height })}
    >
      {found && tree && said ? (
        <>
          <div class="said">
            <p class="promised" role="status" data-testid="answers-sentence">
              {sentence(said, found.calibrating)}
            </p>
            {said.tree.threshold !== null && (
              <p class="label">{measuredSentence(said, found.measured)}</p>
            )}
          </div>
          <div
            class="column"
            style={px({ left: LEFT, top: HEAD, width, height: 2 * half })}
          >
            <RiskCurve of={found} width={width} />
            <Calibration tree={tree} of={found} />
          </div>
          <div
            class="column"
            style={px({
              left: LEFT + width + GAP,
              top: HEAD,
              width: rest,
              height: 2 * half,
            })}
          >
            <GroupBars tree={tree} of={found} />
            <AnswerMatrix
              tree={tree}
              of={found}
              width={rest}
              height={half - 60}
            />
          </div>
        </>
      ) : problem.value !== null ? (
        <p class="nothing" role="status" data-testid="no-answers">
          {problem.value}
        </p>
      ) : (
        <p class="nothing soon" role="status">
          Trying answers
        </p>
      )}
    </div>
  );
}
