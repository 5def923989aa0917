/**
 * Small changes to the minified text: `default:` to the end of its switch, regular expressions in the form the
 * interpreter matches correctly. What cannot be changed safely stays, and the checker refuses it.
 */
import type MagicString from "magic-string";
import type { SwitchCase, SwitchStatement } from "acorn";
import { checkPattern } from "./regexps.ts";
import { type AnyNode, type Program, visit } from "./syntax-tree.ts";

export function rewrite(code: MagicString, program: Program): void {
  visit(program, (node) => {
    if (node.type === "SwitchStatement") moveDefault(code, node);
    if (node.type === "Literal" && node.regex) {
      const { pattern, flags } = node.regex;
      const { problem, pattern: better } = checkPattern(pattern, flags);
      if (!problem && better !== pattern) code.update(node.start, node.end, `/${better}/${flags}`);
    }
    return undefined;
  });
}

/** Move `default:` behind the last case when no code can fall into it, out of it, or off the end. */
function moveDefault(code: MagicString, { cases }: SwitchStatement): void {
  const at = cases.findIndex(({ test }) => !test);
  const last = cases[cases.length - 1];
  const found = cases[at];
  if (!found || !last || found === last) return;
  // `case 1: default:` moves as a whole.
  let first = at;
  while (cases[first - 1]?.consequent.length === 0) first -= 1;
  const before = cases[first - 1];
  if (!leaves(found) || (before && !leaves(before))) return;
  if (!leaves(last)) {
    const text = code.original.slice(last.start, last.end);
    code.appendLeft(last.end, /[;}:]$/.test(text) ? "break;" : ";break;");
  } else if (!/[;}]$/.test(code.original.slice(last.start, last.end))) {
    code.appendLeft(last.end, ";");
  }
  code.move((cases[first] as SwitchCase).start, found.end, last.end);
}

const leaves = ({ consequent }: SwitchCase) => isExit(consequent[consequent.length - 1]);

function isExit(node: AnyNode | null | undefined): boolean {
  switch (node?.type) {
    case "BreakStatement":
    case "ContinueStatement":
    case "ReturnStatement":
    case "ThrowStatement":
      return true;
    case "BlockStatement":
      return isExit(node.body[node.body.length - 1]);
    case "IfStatement":
      return isExit(node.consequent) && isExit(node.alternate);
    default:
      return false;
  }
}
