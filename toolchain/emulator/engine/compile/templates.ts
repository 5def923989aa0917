/** Templates: each expression runs as a text of its own. */
import type { Node } from "../ast.ts";
import { EMPTY, innerFrame, ScopeInfo } from "../scope.ts";
import { toText } from "../text.ts";
import type { Context, Ex } from "./context.ts";
import { Region } from "./scope.ts";

/** Each part runs as a text of its own, without the callers in its stack traces. */
export function template(c: Context, node: Extract<Node, { t: "template" }>, region: Region): Ex {
  const { e } = c;
  let at = 0;
  const info = new ScopeInfo(region.info, false);
  const inner = new Region(region, info, true);
  const parts = node.parts.map((part) => {
    if (typeof part === "string") return part;
    const source = node.sources[at++]!;
    // The value of a lone name is taken after its text has been left.
    if (part.t === "id")
      return { source: undefined, run: c.ex({ ...part, pos: node.pos }, region) };
    return { source, run: c.ex(part, inner) };
  });
  return (f) => {
    let text = "";
    for (const part of parts) {
      if (typeof part === "string") {
        text += part;
        continue;
      }
      if (!part.source) {
        const value = part.run(f);
        f.pos = node.pos;
        e.frame = f;
        text += toText(e, value);
        continue;
      }
      const frame = innerFrame(f, info, info.size ? new Array(info.size).fill(EMPTY) : []);
      frame.source = part.source;
      frame.label = undefined;
      frame.caller = null;
      const value = part.run(frame);
      f.pos = node.pos;
      e.frame = frame;
      text += toText(e, value);
      e.frame = f;
    }
    e.allocated += 1 + text.length / 10;
    return text;
  };
}
