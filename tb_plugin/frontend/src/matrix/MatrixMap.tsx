/** A map: the canvas of a matrix, texts above it, and what lies over both. */

import type { ComponentChildren, ComponentProps, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { moving } from "../state/all.ts";
import { type Layout, px } from "../state/pageLayout.ts";
import { listen } from "./gestures/pointer.ts";
import { MatrixCanvas } from "./MatrixCanvas.tsx";

interface Props extends ComponentProps<typeof MatrixCanvas> {
  area: Layout["map"];
  kind?: string;
  labels: ComponentChildren;
  children: ComponentChildren;
}

export function MatrixMap(props: Props): JSX.Element {
  const { area, kind, labels, children, ...canvas } = props;
  const { y, width, height } = area;
  const map = useRef<HTMLDivElement>(null);
  useEffect(() => listen(map.current!), []);
  return (
    <div
      ref={map}
      class={kind ? `map ${kind}` : "map"}
      data-testid={kind ?? "map"}
      style={px({ top: y, width, height })}
    >
      <MatrixCanvas {...canvas} />
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the trees in it have names */}
      <svg
        class={moving.value ? "labels moving" : "labels"}
        viewBox={`0 ${y} ${width} ${height}`}
        width={width}
        height={height}
      >
        {labels}
      </svg>
      {children}
    </div>
  );
}
