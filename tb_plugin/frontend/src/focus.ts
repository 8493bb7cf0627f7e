/** Takes the keyboard when the tab is shown, so that its keys work at once. */

export function takeFocusWhenShown(): void {
  // TensorBoard keeps the pages of its tabs, and hides all but one.
  new IntersectionObserver((entries) => {
    if (entries.at(-1)?.isIntersecting) takeFocus();
  }).observe(document.documentElement);
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
