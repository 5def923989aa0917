/**
 * Icons drawn as strokes on a 24-unit grid. They always stand beside a word, so they are hidden from screen readers.
 */
import type { CameraStatus, ObservationType } from "../types.ts";

const PATHS = {
  check: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.3l2.8 2.7L16 9.5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.3l3.4 2",
  warning: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2",
  silent: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 8.5l7 7M15.5 8.5l-7 7",
  fresh:
    "M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8",
  pulse: "M3 12h4l2.5-6 4.5 12 2.5-6H21",
  paw: "M12 12.2c-2.7 0-5.2 2.7-5.2 4.9 0 1.6 1.2 2.5 2.6 2.5 1 0 1.7-.5 2.6-.5s1.6.5 2.6.5c1.4 0 2.6-.9 2.6-2.5 0-2.2-2.5-4.9-5.2-4.9zM5.3 9.5v1.3M9.4 5.6v1.9M14.6 5.6v1.9M18.7 9.5v1.3",
  person:
    "M12 4a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM5.5 20c.4-4 2.9-6.5 6.5-6.5s6.1 2.5 6.5 6.5",
  vehicle:
    "M3 16.5v-4l2.2-5h10l3.3 4.5 2.5.8v3.7h-2M9 16.5h6M3 16.5h1.5M6.8 14.8a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8zM17 14.8a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8z",
  blank: "M4 6h3M10 6h4M17 6h3v3M20 12v3M20 18h-3M14 18h-4M7 18H4v-3M4 12V9",
  question:
    "M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1.1-1.3 2.3M12 17.4v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6z",
  battery: "M3 8h15v8H3zM21 10.5v3M6 10.8v2.4M9 10.8v2.4",
  queue: "M12 20V9M7.5 13 12 8.5 16.5 13M4 4.5h16",
  box: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4",
  close: "M6 6l12 12M18 6 6 18",
  left: "M14.5 5.5 8 12l6.5 6.5",
  right: "M9.5 5.5 16 12l-6.5 6.5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
} as const;

export type IconName = keyof typeof PATHS;

export const STATUS_ICONS: Record<CameraStatus, IconName> = {
  new: "fresh",
  green: "check",
  yellow: "clock",
  orange: "warning",
  red: "silent",
};

export const TYPE_ICONS: Record<ObservationType, IconName> = {
  animal: "paw",
  human: "person",
  vehicle: "vehicle",
  blank: "blank",
  unknown: "question",
  unclassified: "question",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sprig of the program's icon. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path d="M16 27V13M16 20c-6 0-8-4-8-8 5 0 8 3 8 8zM16 16c0-6 3-9 8-10 0 6-3 10-8 10z" />
    </svg>
  );
}
