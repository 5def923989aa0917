/** The way to each page. */
import { formatRoute, PAGES, type Route } from "../route.ts";

const WORDS: Record<(typeof PAGES)[number], string> = {
  review: "Review",
  individuals: "Individuals",
  analytics: "Analytics",
  map: "Map",
  deployments: "Deployments",
};

export function Navigation({ page }: { page: Route["page"] }) {
  return (
    <nav class="pages" aria-label="Pages">
      <ul>
        {(["home", ...PAGES] as const).map((name) => (
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
