/** What the source says of a tree beside the errors of an epoch. */

/** Level by level, but the last; null where there is nothing to say. */
type OfLevels = (number | null)[];

export interface AgreementAnswer {
  levels: {
    tested: number;
    found: number;
    /** Classes put into a wrong group on purpose, and how many of them show. */
    planted: number;
    planted_found: number;
  }[];
  /** How many classes the errors would move; `moves` may have fewer. */
  total: number;
  /** Each at the coarsest level that has it; nodes as the log numbers them. */
  moves: {
    class: number;
    own: number;
    other: number;
    with_own: number;
    with_other: number;
    p: number | null;
    q: number | null;
    support: number | null;
    levels: number[];
  }[];
  agreement: {
    groups: OfLevels;
    adjusted_rand: OfLevels;
    /** Of the trees of two halves of the errors. */
    halves: OfLevels;
    inside: OfLevels;
    inside_chance: OfLevels;
    /** Of the groups that the errors make, which flatters them, or does not. */
    errors_inside: OfLevels;
    errors_unseen: OfLevels;
    errors_chance: OfLevels;
  } | null;
  /** Why there is none. */
  why: string | null;
}
