/** The face of TensorBoard's own page, where that is within reach. */

import { addStyle } from "./addStyle.ts";
import { face } from "./theme.ts";

/**
 * Takes over TensorBoard’s rules for Roboto that are served from this origin.
 */
export function takeHostFont(): void {
  let rules = "";
  try {
    const host = parent.document;
    if (host === document) return;
    for (const sheet of host.styleSheets) {
      for (const rule of sheet.cssRules) {
        // Of another window: it is no CSSFontFaceRule of this one. Thousands
        // of other rules would be written out for nothing.
        if (rule.type !== CSSRule.FONT_FACE_RULE) continue;
        const { cssText } = rule;
        if (!REGULAR_OR_MEDIUM.test(cssText)) continue;
        let isHome = true;
        const text = cssText.replace(ADDRESS, (_, address: string) => {
          const { href, origin } = new URL(address, host.baseURI);
          isHome &&= origin === location.origin;
          return `url("${href}")`;
        });
        if (isHome) rules += text;
      }
    }
  } catch {
    // The page around is another's, or one of its sheets is.
  }
  if (!rules) return;
  addStyle(rules);
  const load = [400, 500].map((weight) =>
    document.fonts.load(`${weight} 11px Roboto`),
  );
  // Texts are measured, and drawn, anew.
  void Promise.all(load).then(() => face.value++, String);
}

const REGULAR_OR_MEDIUM =
  /^@font-face {(?=[^}]*family: "?Roboto"?;)(?=[^}]*style: normal)[^}]*weight: [45]00/;
const ADDRESS = /url\("?([^")]*)"?\)/g;
