/** The keyboard: epochs, zoom, selection. */

import { glideTo, zoomBack, zoomTo } from "./motion.ts";
import { togglePlay } from "./play.ts";
import * as view from "./view.ts";

/** Listens to the whole page; controls keep the keys they use themselves. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest("select, input, textarea")) return;
    const onButton = target.closest("button") !== null;
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  const { epochs, selection } = view;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      view.stepBy(-1);
      return true;
    case "ArrowRight":
    case "ArrowUp":
      view.stepBy(1);
      return true;
    case "Home":
      view.goToStep(epochs.value[0]?.step ?? 0);
      return true;
    case "End":
      view.goToStep(epochs.value.at(-1)?.step ?? 0);
      return true;
    case " ":
      togglePlay();
      return true;
    case "Enter":
      zoomTo(selection.value);
      return true;
    case "0":
      glideTo(view.fullWindow());
      return true;
    case "Escape":
      if (!zoomBack()) view.select(0);
      return true;
    default:
      return false;
  }
}
