import { expect, test } from "vitest";
import {
  folds,
  isAsymmetric,
  isMixed,
  unfoldAll,
} from "../../src/state/folds.ts";
import { decodeLink, encodeLink } from "../../src/state/link/address.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";

test("columns folded apart do, too, even where none is", () => {
  const rows = { closed: new Set(["n02084071"]), opened: new Set<string>() };
  const around = (columns: typeof rows): void => {
    folds.value = { rows, columns };
    const linked = decodeLink(encodeLink(linkWithoutTree()));
    unfoldAll();
    restoreLink(linked);
    expect(folds.value).toEqual({ rows, columns });
    expect(isAsymmetric.value).toBe(true);
    expect(isMixed.value).toBe(true);
  };
  around({ closed: new Set(), opened: new Set() });
  around({ closed: new Set(["toy dog", "cat"]), opened: new Set(["bird"]) });
  around({ closed: new Set(), opened: new Set(["bird"]) });
});
