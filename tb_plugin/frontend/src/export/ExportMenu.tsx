/** The menu of what can be taken out of the page. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Export } from "./exports.ts";

/** @param caption returns phrases about what is shown, for a picture of it */
export function ExportMenu(props: { caption: () => string[] }): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const [exports, setExports] = useState<readonly Export[]>([]);
  const [failed, setFailed] = useState("");
  const attempt = async (act: () => void | Promise<void>): Promise<void> => {
    try {
      setFailed("");
      await act();
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  // Few sessions export anything: the code comes when the menu opens.
  const load = (): Promise<void> =>
    attempt(async () => {
      const { EXPORTS } = await import("./exports.ts");
      setExports(EXPORTS.filter(({ isOffered }) => isOffered?.() ?? true));
    });
  return (
    <>
      <button
        type="button"
        popovertarget="export"
        aria-haspopup="true"
        data-testid="export"
        onClick={() => void load()}
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
        {exports.map(({ id, what, as, make }) => (
          <button
            key={id}
            type="button"
            data-testid={`export-${id}`}
            onClick={() =>
              void attempt(async () => {
                await make(props.caption());
                menu.current?.hidePopover();
              })
            }
          >
            {what} <span class="label">{as}</span>
          </button>
        ))}
        {failed && <p role="alert">{failed}</p>}
      </div>
    </>
  );
}
