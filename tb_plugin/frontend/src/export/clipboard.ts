/** The clipboard is closed to pages that came over plain HTTP. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

/**
 * A line for each text; control characters are escaped, lest a terminal obey.
 */
export function asLines(texts: Iterable<string>): string {
  const line = (text: string): string =>
    text.replace(
      /\p{Cc}/gu,
      (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
  return Array.from(texts, line).join("\n");
}
