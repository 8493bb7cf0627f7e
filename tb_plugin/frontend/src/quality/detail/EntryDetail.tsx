/** The panel: one entry, the verdict on it, and what leaves the page. */

import type { JSX } from "preact";
import { toCsv } from "../../export/csv.ts";
import { download, nameOfShown } from "../../export/saveFile.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { Title } from "../../panel/Title.tsx";
import { shown } from "../../samples/data/loadSamples.ts";
import { SampleFacts } from "../../samples/shared/SampleFacts.tsx";
import { ACROSS, sideOfPictures } from "../../samples/shared/sideOfPictures.ts";
import { TopClasses } from "../../samples/shared/TopClasses.tsx";
import { percentBriefly, plural, whole } from "../../ui/format.ts";
import {
  inspectedEntry,
  judgeAndGoOn,
  jumpToCell,
  openSamples,
} from "../data/chosenEntry.ts";
import {
  cellOf,
  type Entry,
  groupName,
  groupOf,
  type LabelEntry,
  nameOf,
  type ObjectsEntry,
  type TwoEntry,
  titleOf,
} from "../data/entries.ts";
import { elsewhere, references, strayed } from "../data/evidenceSamples.ts";
import { entries, sampled } from "../data/loadQuality.ts";
import { CALLED, VERDICTS, verdicts } from "../data/verdicts.ts";
import { type Row, rowsOf, tableOf } from "../exportQuality.ts";
import { estimate } from "../lists/ListRows.tsx";
import { DOES } from "../lists/VerdictButtons.tsx";
import { PairDetail } from "./PairDetail.tsx";
import { Thumbnails } from "./Thumbnails.tsx";

function LabelDetail(props: {
  tree: Tree;
  entry: LabelEntry | ObjectsEntry;
}): JSX.Element | null {
  const { tree, entry } = props;
  const { sample, given } = entry.of;
  const second = entry.list === "suspect" ? entry.of.suggested : entry.of.other;
  const there = sampled.value;
  if (!there || !shown.value) return null;
  const side = sideOfPictures();
  return (
    <>
      <SampleFacts tree={tree} facts={there.facts} sample={sample} />
      <TopClasses tree={tree} sample={sample} />
      {[second, given].map((label) => {
        const found = references(there, label, 2 * ACROSS, sample);
        return (
          <section key={label} aria-label={nameOf(tree, label)}>
            <h2>
              {nameOf(tree, label)}{" "}
              <span class="label">
                {found.length ? "surest of those named right" : "none right"}
              </span>
            </h2>
            <Thumbnails samples={found} side={side} />
          </section>
        );
      })}
    </>
  );
}

export function EntryDetail({ tree }: { tree: Tree }): JSX.Element {
  const entry = inspectedEntry.value;
  if (!entry) {
    return (
      <div class="place">
        <Title tree={tree} />
      </div>
    );
  }
  const [rows, columns] = cellOf(tree, entry);
  return (
    <>
      <div class="place" data-testid="told">
        <Title
          tree={tree}
          selection={{ rows, columns: columns || rows }}
          name={titleOf(tree, entry)}
        />
      </div>
      {entry.list === "overlapping" && <PairDetail tree={tree} entry={entry} />}
      {(entry.list === "suspect" || entry.list === "two_objects") && (
        <LabelDetail tree={tree} entry={entry} />
      )}
      {entry.list === "diverse" && <ClassDetail tree={tree} entry={entry} />}
      <div class="last">
        <Judgement entry={entry} />
        <Export tree={tree} />
      </div>
    </>
  );
}

function Judgement({ entry }: { entry: Entry }): JSX.Element {
  const now = verdicts.value.get(entry.key);
  return (
    <section class="export" aria-label="Verdict">
      <h2>
        Verdict <span class="label">{CALLED[now ?? "open"]}</span>
      </h2>
      {VERDICTS.map((verdict) => (
        <button
          key={verdict}
          type="button"
          data-testid={`verdict-${verdict}`}
          aria-pressed={now === verdict}
          onClick={() => judgeAndGoOn(entry, verdict)}
        >
          {DOES[verdict]} <kbd>{DOES[verdict][0]}</kbd>
        </button>
      ))}
      {sampled.value && (
        <button
          type="button"
          data-testid="open-samples"
          onClick={() => openSamples(entry)}
        >
          {`Open ${samplesOf(entry)}`}
        </button>
      )}
      <button
        type="button"
        data-testid="jump"
        onClick={() => jumpToCell(entry)}
      >
        {entry.list === "diverse" ? "Jump to row" : "Jump to cell"}
      </button>
    </section>
  );
}

function samplesOf(entry: Entry): string {
  const { of } = entry;
  if ("sample" in of) return "sample";
  const count = "a" in of ? of.a_as_b + of.b_as_a : of.errors;
  return plural(count, "sample", "samples");
}

/** The lists of an epoch need not have all that was judged. */
function savedInWords(rows: Row[], all: number): string {
  const saved = rows.filter(({ verdict }) => verdict !== "open").length;
  const of = saved === all ? "" : `${whole(saved)} of `;
  return of + plural(all, "verdict", "verdicts");
}

function Export({ tree }: { tree: Tree }): JSX.Element {
  const rows = () => rowsOf(tree, entries.value, verdicts.value);
  const save = (ending: string, type: string, text: string): void =>
    download(nameOfShown(["quality"], ending), new Blob([text], { type }));
  return (
    <section class="export" aria-label="Export">
      <h2>Export</h2>
      <span class="label">{savedInWords(rows(), verdicts.value.size)}</span>
      <button
        type="button"
        data-testid="quality-csv"
        onClick={() =>
          // Spreadsheets take a file for UTF-8 only with this mark.
          save(
            "csv",
            "text/csv;charset=utf-8",
            `\ufeff${toCsv(tableOf(rows()))}`,
          )
        }
      >
        CSV
      </button>
      <button
        type="button"
        data-testid="quality-json"
        onClick={() =>
          save("json", "application/json", JSON.stringify(rows(), null, 1))
        }
      >
        JSON
      </button>
    </section>
  );
}

const ROWS = 3;

function ClassDetail(props: { tree: Tree; entry: TwoEntry }): JSX.Element {
  const { tree, entry } = props;
  const { errors, groups, counts, expected, evidence } = entry.of;
  const there = sampled.value;
  const side = sideOfPictures();
  const rest = errors - counts[0] - counts[1];
  return (
    <>
      <section aria-label="Figures">
        <dl class="facts">
          <div>
            <dt class="one-line">evidence of the weaker, −log₁₀ p</dt>
            <dd>{evidence.toFixed(1)}</dd>
          </div>
          <div>
            <dt class="one-line">false discoveries up to here</dt>
            <dd>{percentBriefly(entry.of.false_discoveries)}</dd>
          </div>
        </dl>
      </section>
      {groups.map((group, k) => (
        <section key={group} aria-label={groupName(tree, group)}>
          <h2>
            {`→ ${groupName(tree, group)}`}{" "}
            <span class="label">
              {`${whole(counts[k]!)}, ${estimate(expected[k]!)} expected`}
            </span>
          </h2>
          {there && (
            <Thumbnails
              samples={strayed(
                there,
                entry.of.class,
                groupOf(tree, group),
                ROWS * ACROSS,
              )}
              side={side}
            />
          )}
        </section>
      ))}
      <section aria-label="Elsewhere">
        <h2>
          Elsewhere{" "}
          <span class="label">{`${whole(rest)} of ${plural(errors, "error", "errors")}`}</span>
        </h2>
        {there && (
          <Thumbnails
            samples={elsewhere(
              there,
              entry.of.class,
              groups.map((group) => groupOf(tree, group)),
            ).slice(0, 2 * ACROSS)}
            side={side}
          />
        )}
      </section>
    </>
  );
}
