/**
 * A backtracking matcher with the real one's reach and its holes: no `?`, no `{n}`, no lazy or grouped repetition, and
 * alternatives are searched for from the point of failure without regard to brackets. Source: Espruino 2v29, measured.
 */
import type { Engine } from "../engine.ts";
import { isAlpha, isDigit, isSpace } from "../lexer.ts";

const GROUPS_MAX = 9;
const NO_RANGE = 256;

interface State {
  text: string;
  start: number;
  ignoresCase: boolean;
  groups: [number, number][];
}

export interface Found {
  start: number;
  end: number;
  groups: [number, number][];
}

export function matchRegExp(
  e: Engine,
  source: string,
  text: string,
  from: number,
  ignoresCase: boolean,
): Found | undefined {
  const matcher = new Matcher(e, source);
  for (let start = from; start === from || start < text.length; start++) {
    const found = matcher.here(0, start, { text, start, ignoresCase, groups: [] });
    if (found) return found;
  }
  return undefined;
}

class Matcher {
  private readonly e: Engine;
  private readonly source: string;
  /** Characters of the pattern the last character test took. */
  private length = 1;
  private isInSet = false;
  private rangeFirst = NO_RANGE;

  constructor(e: Engine, source: string) {
    this.e = e;
    this.source = source;
  }

  /** Match the pattern from `at` against the text from `pos`. */
  here(at: number, pos: number, state: State): Found | undefined {
    const { source } = this;
    const op = source[at];
    if (op === undefined || op === "|")
      return { start: state.start, end: pos, groups: state.groups };
    if (op === "^") return pos === 0 ? this.here(at + 1, pos, state) : undefined;
    if (op === "$") {
      return pos >= state.text.length
        ? this.here(at + 1, pos, state)
        : this.otherwise(at + 1, state);
    }
    if (op === "(") {
      const groups = state.groups.slice();
      if (groups.length < GROUPS_MAX) groups.push([pos, pos]);
      return this.here(at + 1, pos, { ...state, groups });
    }
    if (op === ")") {
      const groups = state.groups.slice();
      const last = groups.pop();
      if (last) groups.push([last[0], pos]);
      return this.here(at + 1, pos, { ...state, groups });
    }
    let isMatch = this.character(at, pos, state);
    const after = at + this.length;
    const repeat = source[after];
    if (repeat === "*" || repeat === "+") {
      if (!isMatch && repeat === "+") return this.otherwise(after + 1, state);
      // Greedy: the longest run after which the rest matches.
      let best = this.here(after + 1, pos, state);
      for (let p = pos; p < state.text.length && isMatch; ) {
        p++;
        isMatch = this.character(at, p, state);
        best = this.here(after + 1, p, state) ?? best;
      }
      return best;
    }
    if (pos < state.text.length && isMatch) return this.here(after, pos + 1, state);
    return this.otherwise(after, state);
  }

  /** The next alternative after a failure at `at`, tried from the start of this attempt. */
  private otherwise(at: number, state: State): Found | undefined {
    const { source } = this;
    let i = at;
    for (; i < source.length && source[i] !== "|"; i++) if (source[i] === "\\") i++;
    if (i >= source.length) return undefined;
    return this.here(i + 1, state.start, state);
  }

  private character(at: number, pos: number, state: State): boolean {
    const { source } = this;
    const c = state.text.charCodeAt(pos);
    const ch = Number.isNaN(c) ? 0 : c;
    this.length = 1;
    if (source[at] === ".") return true;
    if (source[at] === "[") return this.set(at, pos, state);
    let want = source.charCodeAt(at);
    if (source[at] === "\\") {
      this.length = 2;
      const escaped = source[at + 1] ?? "\0";
      const known = CLASSES[escaped];
      if (known) return known(ch);
      want = ESCAPES[escaped] ?? escaped.charCodeAt(0);
      if (escaped >= "1" && escaped <= "9") {
        throw this.e.error("Error", "Backreferences not supported");
      }
      if (escaped === "x" && at + 3 < source.length) {
        this.length = 4;
        want = Number.parseInt(source.substr(at + 2, 2), 16) & 255;
      }
    }
    const next = at + this.length;
    if (this.isInSet && source[next] === "-" && source[next + 1] !== "]") {
      const used = this.length + 1;
      this.rangeFirst = want;
      const isMatch = this.character(next + 1, pos, state);
      this.length += used;
      return isMatch;
    }
    return this.compare(ch, want, state.ignoresCase);
  }

  private compare(ch: number, want: number, ignoresCase: boolean): boolean {
    const fold = (code: number): number =>
      ignoresCase && code >= 65 && code <= 90 ? code + 32 : code;
    const x = signed(fold(ch));
    const y = signed(fold(want));
    if (this.rangeFirst === NO_RANGE) return x === y;
    const low = signed(fold(this.rangeFirst));
    this.rangeFirst = NO_RANGE;
    return x >= low && x <= y && low < y;
  }

  private set(at: number, pos: number, state: State): boolean {
    const { source } = this;
    this.isInSet = true;
    const isInverted = source[at + 1] === "^";
    let i = at + (isInverted ? 2 : 1);
    let isAny = false;
    while (i < source.length && source[i] !== "]") {
      if (source[i] === ".") {
        isAny = state.text[pos] === "." || isAny;
        i++;
        continue;
      }
      isAny = this.character(i, pos, state) || isAny;
      i += this.length;
    }
    if (source[i] !== "]") throw this.e.error("Error", "Unfinished character set in RegEx");
    this.isInSet = false;
    this.length = i + 1 - at;
    return isAny !== isInverted;
  }
}

/** Characters are signed in the real code, which shows in ranges above 127. */
const signed = (code: number): number => (code > 127 ? code - 256 : code);

const isWord = (c: number): boolean => isDigit(c) || isAlpha(c);
const CLASSES: Record<string, (c: number) => boolean> = {
  d: isDigit,
  D: (c) => !isDigit(c),
  s: isSpace,
  S: (c) => !isSpace(c),
  w: isWord,
  W: (c) => !isWord(c),
};
const ESCAPES: Record<string, number> = { f: 12, b: 8, n: 10, r: 13, t: 9, v: 11, "0": 0 };
