/** The view as a picture of twice its size: what is on screen, for a paper. */

import { falseNegatives, falsePositives } from "../confusion/blocks.ts";
import { precision, recall } from "../confusion/cells.ts";
import { selectionName } from "../hierarchy/selectionName.ts";
import { leastRatio } from "../matrix/canvas/pixelRatio.ts";
import * as view from "../state/all.ts";
import type { Palette } from "../ui/colours.ts";
import { LIGHT } from "../ui/colours.ts";
import { percent, whole } from "../ui/format.ts";
import { SEPARATOR } from "../ui/textFitting.ts";
import { applyPalette, FONT, palette } from "../ui/theme.ts";

const SCALE = 2;
const MARGIN = 12;
const TITLE = 30;
const LINE = 16;

/** What an image of SVG has to be told, since no style sheet reaches it. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "opacity",
  "visibility",
  "display",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "white-space",
  "font-variant-numeric",
] as const;

function frames(count: number): Promise<void> {
  return new Promise((done) => {
    const next = (left: number): unknown =>
      left ? requestAnimationFrame(() => next(left - 1)) : done();
    next(count);
  });
}

/** Draws the map as it is on screen, with its title and all of the caption. */
export async function takePicture(caption: string[]): Promise<Blob> {
  view.hover.value = null;
  leastRatio.value = SCALE;
  const restore = turnLight();
  try {
    await frames(2);
    return await compose([...caption, ...selectionWords()].join(SEPARATOR));
  } finally {
    leastRatio.value = 1;
    restore();
  }
}

/**
 * Paper is white: takes the light colours, behind a copy of the page as it was.
 *
 * @returns a function that takes the colours back
 */
function turnLight(): () => void {
  const before = palette.value;
  const page = document.querySelector<HTMLElement>(".page");
  if (!before.dark || !page) return () => {};
  const copy = page.cloneNode(true) as HTMLElement;
  const canvases = page.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, i) => {
    const drawn = canvases[i]!;
    if (drawn.width) canvas.getContext("2d")?.drawImage(drawn, 0, 0);
  });
  applyPalette(copy, before);
  copy.inert = true;
  Object.assign(copy.style, {
    position: "fixed",
    inset: "0",
    zIndex: "9",
    background: before.background,
    color: before.ink,
  });
  document.body.append(copy);
  const use = (colours: Palette): void => {
    palette.value = colours;
    applyPalette(document.documentElement, colours);
  };
  use(LIGHT);
  return () => {
    use(before);
    copy.remove();
  };
}

const mapOnScreen = (): HTMLElement | null =>
  document.querySelector<HTMLElement>(".map");

/** Whether a matrix is on screen, not lists, samples or several epochs. */
export function hasPicture(): boolean {
  return mapOnScreen() !== null;
}

async function compose(caption: string): Promise<Blob> {
  const map = mapOnScreen()!;
  const { width, height } = map.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d")!;
  context.font = `11px ${FONT}`;
  const lines = wrap(
    caption,
    width - 2 * MARGIN,
    (text) => context.measureText(text).width,
  );
  canvas.width = width * SCALE;
  canvas.height = (TITLE + height + lines.length * LINE + MARGIN) * SCALE;
  context.scale(SCALE, SCALE);
  const { background, ink, muted } = palette.value;
  context.fillStyle = background;
  context.fillRect(0, 0, width, canvas.height);
  context.textBaseline = "middle";
  context.fillStyle = ink;
  context.font = `500 13px ${FONT}`;
  context.fillText(titleOf(), MARGIN, TITLE / 2 + 4);
  context.font = `11px ${FONT}`;
  context.fillStyle = muted;
  lines.forEach((line, i) => {
    context.fillText(line, MARGIN, TITLE + height + (i + 0.5) * LINE);
  });
  context.translate(0, TITLE);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  await paint(context, map);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => {
      if (blob) done(blob);
      else fail(new Error("the picture is too large for this browser"));
    });
  });
}

/** Canvases and drawings in the order they lie on one another, then texts. */
async function paint(
  context: CanvasRenderingContext2D,
  map: HTMLElement,
): Promise<void> {
  const origin = map.getBoundingClientRect();
  const placed = (element: Element): [number, number, number, number] => {
    const box = element.getBoundingClientRect();
    return [box.x - origin.x, box.y - origin.y, box.width, box.height];
  };
  for (const element of map.querySelectorAll("canvas, svg, .locator span")) {
    if (element.closest("[data-screen-only]")) continue;
    const [x, y, width, height] = placed(element);
    if (!width || !height) continue;
    if (element instanceof HTMLCanvasElement) {
      context.drawImage(element, x, y, width, height);
    } else if (element instanceof SVGSVGElement) {
      context.drawImage(await imageOf(element), x, y, width, height);
    } else {
      context.strokeStyle = palette.value.accent;
      context.lineWidth = 1.5;
      context.strokeRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
    }
  }
  const walker = document.createTreeWalker(map, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement!;
    if (!node.nodeValue?.trim() || holder.closest("svg, [data-screen-only]")) {
      continue;
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const { color, font } = getComputedStyle(holder);
    context.fillStyle = color;
    context.font = font;
    const middle = box.y - origin.y + box.height / 2;
    context.fillText(node.nodeValue, box.x - origin.x, middle);
  }
}

/** A name may hold what XML cannot, and an image of it would not load. */
const NOT_XML =
  /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

async function imageOf(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg, copy].map((each) => [
    each,
    ...each.querySelectorAll<SVGElement>("*"),
  ]);
  from!.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) {
      to![i]!.style.setProperty(name, style.getPropertyValue(name));
    }
  });
  const { width, height } = svg.getBoundingClientRect();
  if (!svg.hasAttribute("viewBox")) {
    copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width * SCALE));
  copy.setAttribute("height", String(height * SCALE));
  const drawn = new XMLSerializer().serializeToString(copy);
  const text = drawn.replace(NOT_XML, "\ufffd");
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = url;
  await image.decode();
  URL.revokeObjectURL(url);
  return image;
}

function titleOf(): string {
  const info = view.runInfo.value;
  const names = info ? [info.name, info.split] : [view.run.value];
  const said = [...names, view.output.value, `epoch ${view.drawnStep.value}`];
  return said.filter(Boolean).join(" · ");
}

/** The selection and its scores, as a paper would put them. */
function selectionWords(): string[] {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  const node = view.selectedGroup.value;
  if (!tree || !epoch || node === 0) return [];
  const { name, id } = selectionName(tree, view.selection.value);
  const said = [`selected: ${id === null ? name : `${name} ${id}`}`];
  if (node !== null) {
    const { sums } = epoch;
    said.push(`recall ${percent(recall(sums, node))}`);
    said.push(`precision ${percent(precision(sums, node))}`);
    said.push(`${whole(falseNegatives(sums, node))} FN`);
    said.push(`${whole(falsePositives(sums, node))} FP`);
  }
  return said;
}

/** Breaks a caption between its parts, so that no line is wider. */
export function wrap(
  text: string,
  width: number,
  measure: (text: string) => number,
): string[] {
  const lines: string[] = [];
  for (const part of text.split(SEPARATOR)) {
    const last = lines.at(-1);
    const longer = `${last}${SEPARATOR}${part}`;
    if (last !== undefined && measure(longer) <= width) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(part);
    }
  }
  return lines;
}
