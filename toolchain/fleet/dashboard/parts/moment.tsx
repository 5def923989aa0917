/** A moment: readable text, with the exact UTC time for machines and for whoever points at it. */
import type { ComponentChildren } from "preact";

export function Moment({ iso, children }: { iso: string; children: ComponentChildren }) {
  return (
    <time dateTime={iso} title={iso}>
      {children}
    </time>
  );
}
