/** How far probabilities lie from how often they are right, by level. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";
import { percent, plain, whole } from "../../ui/format.ts";

export function Calibration(props: {
  tree: Tree;
  of: AnswersAnswer;
}): JSX.Element {
  const { levels } = props.tree;
  const { calibration, temperature } = props.of;
  const error = (value: number | null | undefined): string =>
    percent(value ?? Number.NaN);
  return (
    <section class="calibration" aria-label="Calibration">
      <h2
        title={
          "Expected calibration error over 15 bins of equal width, and what " +
          "probabilities would show that are exactly right"
        }
      >
        How far off its probabilities are <span class="label">(by chance)</span>
      </h2>
      <table data-testid="calibration">
        <thead>
          <tr>
            <th>groups</th>
            <th>as they are</th>
            <th>temperature {plain(temperature, 2)}</th>
          </tr>
        </thead>
        <tbody>
          {levels.map(({ groups, name }, k) => (
            <tr key={groups}>
              <th scope="row">
                {whole(groups)} {name}
              </th>
              <td>
                {error(calibration.before[k])}{" "}
                <span class="label">
                  ({error(calibration.before_chance[k])})
                </span>
              </td>
              <td>
                {error(calibration.after[k])}{" "}
                <span class="label">
                  ({error(calibration.after_chance[k])})
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
