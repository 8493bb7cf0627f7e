/** Takes the keyboard when the tab is shown, so that its keys work at once. */

/** When what has the focus goes, the part that it was in takes it. */
export function keepFocus(): void {
  let path: EventTarget[] = [];
  addEventListener("focusin", (event) => {
    path = event.composedPath();
  });
  // A press beside all that takes the focus leaves it to nobody.
  addEventListener("mouseup", () => {
    if (document.activeElement === document.body) path = [];
  });
  new MutationObserver(() => {
    const [last, ...around] = path as HTMLElement[];
    if (!last || last.isConnected || !document.hasFocus()) return;
    const part = around.find((each) => each.isConnected && each.ariaLabel);
    part?.setAttribute("tabindex", `${part.tabIndex}`);
    part?.focus();
  }).observe(document.body, { childList: true, subtree: true });
}

/** TensorBoard keeps the pages of its tabs, and leaves all but one no room. */
export function isShown(): boolean {
  return innerWidth > 0 && innerHeight > 0;
}

export function takeFocusWhenShown(): void {
  let wasShown = false;
  const look = (): void => {
    if (isShown() && !wasShown) takeFocus();
    wasShown = isShown();
  };
  addEventListener("resize", look);
  look();
}

function takeFocus(): void {
  if (document.hasFocus() && window.parent === window) return;
  try {
    const holder = window.parent.document.activeElement;
    // Whoever is typing elsewhere goes on typing.
    if (holder?.matches("input, textarea, select, [contenteditable]")) return;
  } catch {
    // The parent is another origin: then focus is not ours to take.
    return;
  }
  window.focus();
}
