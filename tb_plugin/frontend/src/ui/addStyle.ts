/** Styles, which come with the code that needs them. */

export function addStyle(text: string): void {
  const sheet = document.createElement("style");
  sheet.textContent = text;
  document.head.append(sheet);
}
