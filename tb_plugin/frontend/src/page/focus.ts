/** Takes the keyboard when the tab is shown, so that its keys work at once. */

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
