/** The texts of a link in the address bar of the parent page, and back. */

/** What a link says, by key; what is as usual has none. */
export type LinkTexts = Readonly<Record<string, string>>;

const KEY = "p.blocks.s";

export function encodeLink(texts: LinkTexts): string {
  return new URLSearchParams(texts).toString();
}

export function decodeLink(text: string): LinkTexts {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The fragment of the parent's address with a link in it. */
export function fragmentWith(fragment: string, texts: LinkTexts): string {
  const others = fragment
    .replace(/^#/, "")
    .split("&")
    .filter((part) => part && !part.startsWith(`${KEY}=`));
  const plugin = others.length ? others : ["blocks"];
  const encoded = encodeURIComponent(encodeLink(texts));
  return `#${[...plugin, `${KEY}=${encoded}`].join("&")}`;
}

/** The link in a fragment as it is written there, or nothing. */
function encodedIn(fragment: string): string {
  const parts = fragment.replace(/^#/, "").split("&");
  const part = parts.find((each) => each.startsWith(`${KEY}=`));
  return part ? part.slice(KEY.length + 1) : "";
}

export function linkInFragment(fragment: string): LinkTexts {
  try {
    return decodeLink(decodeURIComponent(encodedIn(fragment)));
  } catch {
    return {};
  }
}

/** The link as it stood in the address when that was last read or written. */
let seen = "";

// The parent may be another origin, then links do without us.
export function readAddress(): LinkTexts {
  try {
    const { hash } = window.parent.location;
    seen = encodedIn(hash);
    return linkInFragment(hash);
  } catch {
    return {};
  }
}

/** The address of a link; of this page alone where there is no parent. */
export function addressOf(texts: LinkTexts): string {
  try {
    const { href, hash } = window.parent.location;
    return href.replace(/#.*$/, "") + fragmentWith(hash, texts);
  } catch {
    return location.href.replace(/#.*$/, "") + fragmentWith("", texts);
  }
}

/** Keys whose change is a step to which the browser goes back. */
const STEPS = ["run", "output", "view"];
/** Those of them that follow from the tree as well as from the user. */
const STEPS_ON_TREE = ["rows", "columns", "box", "window"];

/**
 * Whether a link is a step of history; another tree moves the selection itself.
 */
export function isStep(
  from: LinkTexts,
  to: LinkTexts,
  isSameTree: boolean,
): boolean {
  const keys = isSameTree ? [...STEPS, ...STEPS_ON_TREE] : STEPS;
  return keys.some((key) => from[key] !== to[key]);
}

/** Writes a link into the parent’s address, unless the user went elsewhere. */
export function writeAddress(texts: LinkTexts, asStep: boolean): void {
  try {
    const { history, location } = window.parent;
    const there = encodedIn(location.hash);
    if (there && there !== seen) return;
    const fragment = fragmentWith(location.hash, texts);
    seen = encodedIn(fragment);
    if (fragment === location.hash) return;
    const address = location.pathname + location.search + fragment;
    // TensorBoard keeps its own in the state: a step has what was there.
    if (asStep) history.pushState(history.state, "", address);
    else history.replaceState(history.state, "", address);
  } catch {
    // Nothing to do: the view itself is not affected.
  }
}

/** Tells the link of an address that the user went to, or went back to. */
export function onAddressChange(follow: (texts: LinkTexts) => void): void {
  const listen = (): void => {
    const texts = readAddress();
    if (Object.keys(texts).length) follow(texts);
  };
  const begin = (): void => {
    try {
      window.parent.addEventListener("hashchange", listen);
    } catch {
      // Another origin.
    }
  };
  begin();
  // The parent outlives this page, and both may come back from a cache.
  addEventListener("pageshow", begin);
  addEventListener("pagehide", () => {
    try {
      window.parent.removeEventListener("hashchange", listen);
    } catch {
      // Another origin.
    }
  });
}
