/** What leaves the page: ids for relabelling, a table, the cell. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { tab } from "../../state/tabs.ts";
import * as view from "../../state/view.ts";
import { plural } from "../../ui/format.ts";
import { whenLoaded } from "../../ui/lazy.ts";
import { shown } from "../data/loadSamples.ts";
import { inspectedSample } from "../detail/detailedSample.ts";
import { arranged, facts } from "../selection/shownSamples.ts";
import { copy, saving } from "./lazySaving.ts";

export function ExportSamples(): JSX.Element | null {
  const { list } = arranged.value;
  const [copied, setCopied] = useState<unknown>(null);
  const [loaded, here, tree] = [shown.value, facts.value, view.tree.value];
  if (!loaded || !here || !tree) return null;
  const sample = inspectedSample.value;
  const ids = (): string[] =>
    Array.from(list, (each) => loaded.index.ids[each]!);
  const count = plural(list.length, "id", "ids");
  return (
    <section class="export" aria-label="Export">
      <button
        type="button"
        data-testid="copy-ids"
        disabled={!list.length}
        onClick={() => copy(ids(), () => setCopied(list))}
      >
        {copied === list ? `Copied ${count}` : `Copy ${count}`}
      </button>
      <button
        type="button"
        data-testid="samples-csv"
        disabled={!list.length}
        onClick={() =>
          whenLoaded(saving, (part) => part.saveCsv(tree, loaded, here, list))
        }
      >
        CSV
      </button>
      {sample !== null && (
        <button
          type="button"
          data-testid="jump"
          onClick={() => {
            const side = (positions: Uint16Array): number =>
              tree.leaves[positions[sample]!]!;
            view.select(side(here.trueLeaf), side(here.predictedLeaf));
            tab.value = "errors";
          }}
        >
          Jump to cell
        </button>
      )}
    </section>
  );
}
