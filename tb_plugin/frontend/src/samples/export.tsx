/** What leaves the page: ids for relabelling, a table, the cell. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { plural } from "../format.ts";
import { whenCome } from "../late.ts";
import { tab } from "../tab.ts";
import * as view from "../view.ts";
import { arranged, facts } from "./chosen.ts";
import { copy, saving } from "./leaving.ts";
import { shown } from "./loading.ts";
import { told } from "./told.ts";

export function Export(): JSX.Element | null {
  const { list } = arranged.value;
  const [copied, setCopied] = useState<unknown>(null);
  const [loaded, here, tree] = [shown.value, facts.value, view.tree.value];
  if (!loaded || !here || !tree) return null;
  const sample = told.value;
  const ids = (): string =>
    Array.from(list, (each) => loaded.index.ids[each]!).join("\n");
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
          whenCome(saving, (part) => part.saveCsv(tree, loaded, here, list))
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
            view.select(side(here.actual), side(here.predicted));
            tab.value = "errors";
          }}
        >
          Jump to cell
        </button>
      )}
    </section>
  );
}
