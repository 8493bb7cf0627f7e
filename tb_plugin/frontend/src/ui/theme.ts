/** The palette that is on, which follows the dark mode of TensorBoard. */

import { signal } from "@preact/signals";
import { DARK, LIGHT, type Palette } from "./colours.ts";

export const FONT = 'Roboto, system-ui, -apple-system, "Segoe UI", sans-serif';

/** Grows when a face has come that is wider or narrower than its stand-in. */
export const face = signal(0);

export const palette = signal<Palette>(LIGHT);

/** Follows the dark mode of TensorBoard, else of the system. */
export function followTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const parentBody = bodyOfParent();
  const update = (): void => {
    const dark = parentBody
      ? parentBody.classList.contains("dark-mode")
      : system.matches;
    palette.value = dark ? DARK : LIGHT;
    applyPalette(document.documentElement, palette.value);
  };
  if (parentBody) {
    new MutationObserver(update).observe(parentBody, {
      attributeFilter: ["class"],
    });
  }
  system.addEventListener("change", update);
  update();
}

// The parent is another origin when the page is embedded elsewhere.
function bodyOfParent(): HTMLElement | null {
  try {
    return window.parent === window ? null : window.parent.document.body;
  } catch {
    return null;
  }
}

/** Sets the colours that style sheets take, from an element down. */
export function applyPalette({ style }: HTMLElement, colours: Palette): void {
  style.colorScheme = colours.dark ? "dark" : "light";
  for (const [name, value] of Object.entries(colours)) {
    if (typeof value === "string") style.setProperty(`--${name}`, value);
  }
  style.setProperty("--tree-tint", `${colours.treeTint * 100}%`);
  style.setProperty("--bar", colours.counts[0]!);
}
