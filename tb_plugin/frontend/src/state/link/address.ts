/** The texts of a link in the address bar of the parent page, and back. */

/** What a link says, by key; what is as usual has none. */
export type LinkTexts = Readonly<Record<string, string>>;

const KEY = "p.blocks.s";

export function encodeLink(texts: LinkTexts): string {
  return new URLSearchParams(texts).toString();
}

/** The first text of each key, whatever the keys are. */
export function decodeLink(text: string): LinkTexts {
  const pairs = [...new URLSearchParams(text)].reverse();
  return Object.fromEntries(pairs);
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

export function linkInFragment(fragment: string): LinkTexts {
  const part = fragment
    .replace(/^#/, "")
    .split("&")
    .find((each) => each.startsWith(`${KEY}=`));
  if (!part) return {};
  try {
    return decodeLink(decodeURIComponent(part.slice(KEY.length + 1)));
  } catch {
    return {};
  }
}

// The parent may be another origin, then links do without us.
export function readAddress(): LinkTexts {
  try {
    return linkInFragment(window.parent.location.hash);
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

export function writeAddress(texts: LinkTexts): void {
  try {
    const { history, location } = window.parent;
    const fragment = fragmentWith(location.hash, texts);
    if (fragment === location.hash) return;
    const path = location.pathname + location.search;
    history.replaceState(history.state, "", path + fragment);
  } catch {
    // Nothing to do: the view itself is not affected.
  }
}
