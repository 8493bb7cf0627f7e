/** Where screen readers find what is said. */

import type { JSX } from "preact";
import { said } from "./announce.ts";

export function Said(): JSX.Element {
  return (
    <p class="unseen" role="status" data-testid="said">
      {said}
    </p>
  );
}
