/** The menu of what can be taken out of the page. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { EXPORTS, type Export } from "./exporting.ts";

export function ExportMenu(): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState("");
  const run = async ({ make }: Export): Promise<void> => {
    try {
      setFailed("");
      await make();
      menu.current?.hidePopover();
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <button
        type="button"
        popovertarget="export"
        aria-haspopup="true"
        data-testid="export"
      >
        Export
      </button>
      <div
        ref={menu}
        id="export"
        class="menu"
        popover="auto"
        data-testid="export-menu"
      >
        {EXPORTS.map((each) => (
          <button
            key={each.id}
            type="button"
            data-testid={`export-${each.id}`}
            onClick={() => void run(each)}
          >
            {each.what} <span class="label">{each.as}</span>
          </button>
        ))}
        {failed && <p role="alert">{failed}</p>}
      </div>
    </>
  );
}
