/** The way to each page that the viewer may use. */
import { useEffect, useRef } from "preact/hooks";
import { formatRoute, PAGES, type PageName, type Route } from "../route.ts";
import { mayI, type State } from "../state.ts";
import type { Right } from "../types.ts";

const WORDS: Record<PageName, string> = {
  review: "Review",
  individuals: "Individuals",
  analytics: "Analytics",
  map: "Map",
  deployments: "Deployments",
  rollouts: "Updates",
  exports: "Export",
  users: "Users",
  settings: "Settings",
};

/** Pages of which the server would refuse everything. */
const NEEDS: Partial<Record<PageName, Right>> = { exports: "review", users: "administer" };

export function Navigation({ page, state }: { page: Route["page"]; state: State }) {
  const row = useRef<HTMLElement>(null);
  const shown = PAGES.filter((name) => {
    const right = NEEDS[name];
    return !right || mayI(state, right);
  });
  // On a phone the row is longer than the screen: the page that is open must be in sight.
  useEffect(() => {
    const [frame, link] = [row.current, row.current?.querySelector("[aria-current]")];
    if (!frame || !link) return;
    const [outer, inner] = [frame.getBoundingClientRect(), link.getBoundingClientRect()];
    frame.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }, [page, shown.length]);
  return (
    <nav class="pages" aria-label="Pages" ref={row}>
      <ul>
        {(["home", ...shown] as const).map((name) => (
          <li key={name}>
            <a
              href={formatRoute({ page: name, filter: NO_FILTER, detectionID: "" })}
              aria-current={name === page ? "page" : undefined}
            >
              {name === "home" ? "Home" : WORDS[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const NO_FILTER = { type: "", cameraID: "" } as const;
