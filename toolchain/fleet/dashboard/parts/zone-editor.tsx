/** A zone: clicked on a map, walked by keyboard, or pasted as GeoJSON. */
import { useEffect, useRef, useState } from "preact/hooks";
import { getState } from "../state.ts";
import type { ZoneMap } from "../zone-map.ts";
import { type Corner, cornersOf, readZone, ringsOf, type Zone, zoneOf } from "../zones.ts";
import { Problem } from "./problem.tsx";

interface ZoneEditorProps {
  zone: Zone | undefined;
  onChange: (zone: Zone | undefined) => void;
}

export function ZoneEditor({ zone, onChange }: ZoneEditorProps) {
  const frame = useRef<HTMLDivElement>(null);
  const map = useRef<ZoneMap | null>(null);
  const [corners, setCorners] = useState<Corner[] | undefined>(() => cornersOf(zone));
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const shown = corners ? [corners] : ringsOf(zone);

  const change = (now: Corner[]) => {
    setCorners(now);
    setText(null);
    setProblem("");
    onChange(zoneOf(now));
  };
  // The map is drawn once and calls what is right at the time of a click.
  const onCorner = useRef<(corner: Corner) => void>(() => {});
  onCorner.current = (corner) => {
    if (corners) change([...corners, corner]);
  };
  useEffect(() => {
    let isCurrent = true;
    void import("../zone-map.ts").then(({ drawZoneMap }) => {
      if (!isCurrent || !frame.current) return;
      const { cameras, settings } = getState();
      map.current = drawZoneMap(frame.current, cameras ?? [], settings?.tiles ?? null, (corner) =>
        onCorner.current(corner),
      );
      map.current.show(shown);
    });
    return () => {
      isCurrent = false;
      map.current?.remove();
      map.current = null;
    };
  }, []);
  useEffect(() => map.current?.show(shown), [JSON.stringify(shown)]);

  const paste = (typed: string) => {
    setText(typed);
    const read = typed.trim() ? readZone(typed) : undefined;
    if (typeof read === "string") return setProblem(read);
    setProblem("");
    setCorners(cornersOf(read));
    onChange(read);
  };
  return (
    <div class="zone">
      <section
        ref={frame}
        class="map zone-map"
        aria-label="Map of the zone; its corners are below"
      />
      <p role="status" class="muted">
        {corners
          ? cornerWords(corners.length)
          : "A zone of several parts: only its text changes it."}
      </p>
      {corners ? (
        <div class="page-actions">
          <button
            type="button"
            onClick={() => map.current && onCorner.current(map.current.middle())}
          >
            Corner in the middle
          </button>
          <button
            type="button"
            disabled={corners.length === 0}
            onClick={() => change(corners.slice(0, -1))}
          >
            Take the last back
          </button>
        </div>
      ) : null}
      <label>
        GeoJSON, longitude first
        <textarea
          rows={4}
          spellcheck={false}
          value={text ?? (zone ? JSON.stringify(zone) : "")}
          onInput={(event) => paste(event.currentTarget.value)}
        />
      </label>
      <Problem text={problem} />
    </div>
  );
}

function cornerWords(count: number): string {
  const way = "Click the map, or move it by arrow keys and put a corner in the middle.";
  if (count === 0) return `No corner yet. ${way}`;
  return count < 3 ? `${count} of at least 3 corners. ${way}` : `${count} corners.`;
}
