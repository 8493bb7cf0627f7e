/** A list of any length: only the rows in sight exist. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows kept above and below those in sight. */
const SPARE = 4;

interface Props {
  label: string;
  count: number;
  /** Height of a row in pixels. */
  pitch: number;
  /** What the list shows: it starts over when that is something else. */
  of: readonly [unknown, unknown];
  row: (index: number) => JSX.Element;
}

/** The rows between two that are worth having. */
export function rowsInSight(
  top: number,
  height: number,
  pitch: number,
  count: number,
): [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / pitch) - SPARE);
  const to = Math.min(count, Math.ceil((top + height) / pitch) + SPARE);
  return [Math.min(from, to), to];
}

export function VirtualList(props: Props): JSX.Element {
  const { label, count, pitch, of, row } = props;
  const list = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | null>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const measure = (): void => {
    const { scrollTop, clientHeight } = list.current!;
    setView({ top: scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    list.current!.scrollTop = 0;
  }, of);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const selector = `[data-row="${wanted.current}"] button`;
    const button = list.current!.querySelector<HTMLElement>(selector);
    if (!button) return;
    wanted.current = null;
    button.focus({ preventScroll: true });
  });
  const [from, to] = rowsInSight(view.top, view.height, pitch, count);

  const goTo = (index: number): void => {
    const at = Math.min(Math.max(index, 0), count - 1);
    const { scrollTop, clientHeight } = list.current!;
    const low = (at + 1) * pitch - clientHeight;
    wanted.current = at;
    list.current!.scrollTop = Math.min(Math.max(scrollTop, low), at * pitch);
    measure();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const focused = (event.target as Element).closest("[data-row]");
    const at = Number(focused?.getAttribute("data-row") ?? 0);
    const page = Math.max(1, Math.floor(view.height / pitch) - 1);
    const goal: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    };
    const next = goal[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    goTo(next);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: li cannot leave rows out
    <div
      ref={list}
      class="virtual"
      role="list"
      aria-label={label}
      onScroll={measure}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: `${count * pitch}px` }}>
        {Array.from({ length: to - from }, (_, i) => from + i).map((index) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            key={index}
            role="listitem"
            data-row={index}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ top: `${index * pitch}px`, height: `${pitch}px` }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
