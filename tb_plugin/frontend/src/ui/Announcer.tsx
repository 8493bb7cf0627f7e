/** Where screen readers find what is announcement. */

import type { JSX } from "preact";
import { announcement } from "./announcement.ts";

export function Announcer(): JSX.Element {
  return (
    <p class="unseen" role="status" data-testid="said">
      {announcement}
    </p>
  );
}
