/** What layers respond to: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { addStyle } from "../ui/addStyle.ts";
import { followResponses } from "./data/loadResponses.ts";
import { LikenessMap } from "./map/LikenessMap.tsx";
import { listenToLayers } from "./responseKeys.ts";
import style from "./responses.css?inline";

export { words as caption } from "./caption.ts";
export { ResponsesDetail as Side } from "./detail/ResponsesDetail.tsx";
export { KEYS as shortcuts } from "./responseKeys.ts";

addStyle(style);
followResponses();

/** The layer is chosen above the tree. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  useEffect(listenToLayers, []);
  return <LikenessMap />;
}
