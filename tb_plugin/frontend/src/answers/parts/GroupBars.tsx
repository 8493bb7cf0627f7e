/** By what each group is answered: a class, a group of which level, nothing. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { greysOf } from "../../layers/data/greys.ts";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";
import * as view from "../../state/all.ts";
import { rampAt } from "../../ui/colours.ts";
import { percent, plural, whole } from "../../ui/format.ts";
import { palette } from "../../ui/theme.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { nodeOf } from "../data/loadAnswers.ts";

const PITCH = 22;

/** What the kinds of answers are called, nothing first, the class last. */
export function kindsOf(tree: Tree): string[] {
  const groups = tree.levels
    .slice(0, -1)
    .map(({ name, groups }) => (name ? `a ${name}` : `one of ${groups}`));
  return ["nothing", ...groups, "the class"];
}

export function shadeOf(kind: number, kinds: number): string {
  return kind === 0
    ? "transparent"
    : `rgb(${rampAt(greysOf(palette.value), kind / (kinds - 1))})`;
}

export function GroupBars(props: {
  tree: Tree;
  of: AnswersAnswer;
}): JSX.Element {
  const { tree, of } = props;
  const kinds = kindsOf(tree);
  const { nodes, samples, right, answered } = of.bars;
  const inOrder = nodes
    .map((logged, k) => [nodeOf.value[logged]!, k] as const)
    .filter(([, k]) => samples[k]! > 0)
    .sort(([a], [b]) => a - b);
  const without = nodes.length - inOrder.length;
  const row = (index: number): JSX.Element => {
    const [node, k] = inOrder[index]!;
    const count = samples[k]!;
    const wrong = count - right[k]!;
    const silent = answered[k]![0]!;
    const name = tree.names[node]!;
    const said = answered[k]!.map((each, kind) => [each, kinds[kind]!] as const)
      .filter(([each]) => each)
      .map(([each, kind]) => `${kind} ${each}`)
      .reverse()
      .join(", ");
    return (
      <button
        type="button"
        class="bar-row"
        title={`${name}, ${plural(count, "sample", "samples")}: ${said}; ${wrong} wrong`}
        aria-pressed={view.selection.value.rows === node}
        onClick={() => view.select(node)}
      >
        <span class="name one-line">{name}</span>
        <span class="stack">
          {answered[k]!.map((each, kind) => [each, kind] as const)
            .reverse()
            .map(([each, kind]) => (
              <i
                key={kind}
                style={{
                  width: `${(100 * each) / count}%`,
                  background: shadeOf(kind, kinds.length),
                }}
              />
            ))}
          <b style={{ width: `${(100 * wrong) / count}%` }} />
        </span>
        <span class="share">
          {percent((right[k]! - silent) / (count - silent), 0)}
        </span>
      </button>
    );
  };
  return (
    <section class="bars" aria-label="Answers by group" data-testid="bars">
      <h2>
        What it answers <span class="label">right, if it says something</span>
      </h2>
      <p class="label kinds">
        {kinds
          .map((name, kind) => [name, kind] as const)
          .reverse()
          .map(([name, kind]) => (
            <span key={kind}>
              <i style={{ background: shadeOf(kind, kinds.length) }} /> {
                name
              }{" "}
            </span>
          ))}
        <span>
          <i class="wrong" /> wrong
        </span>
      </p>
      <VirtualList
        label="Answers by group"
        count={inOrder.length}
        pitch={PITCH}
        of={[tree, view.levelIndex.value]}
        row={row}
      />
      {without > 0 && (
        <p class="label">
          {whole(without)} of {whole(nodes.length)} have no samples here.
        </p>
      )}
    </section>
  );
}
