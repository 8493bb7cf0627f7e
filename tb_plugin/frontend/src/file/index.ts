/** The page as one file, with the answers that it needs in a part of it. */

import { render } from "../index.tsx";
import { fileSource } from "./fileSource.ts";

async function open(): Promise<void> {
  const packed = document.getElementById("blocks-data")!.textContent.trim();
  const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
  await render(await fileSource(bytes.buffer));
}

void open();
