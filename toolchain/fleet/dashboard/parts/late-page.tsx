/** Pages that a first visit does not need: their code comes when they are first shown. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageName } from "../route.ts";
import type { State } from "../state.ts";

type Page = ComponentType<{ state: State }>;

const LOADERS: Record<PageName, () => Promise<Page>> = {
  review: async () => (await import("../pages/review.tsx")).ReviewPage,
  individuals: async () => (await import("../pages/individuals.tsx")).IndividualsPage,
  analytics: async () => (await import("../pages/analytics.tsx")).AnalyticsPage,
  map: async () => (await import("../pages/map.tsx")).MapPage,
  deployments: async () => (await import("../pages/deployments.tsx")).DeploymentsPage,
};

export function LatePage({ page, state }: { page: PageName; state: State }) {
  const [loaded, setLoaded] = useState<{ Page?: Page; problem?: string }>({});
  useEffect(() => {
    let isCurrent = true;
    LOADERS[page]().then(
      (Page) => isCurrent && setLoaded({ Page }),
      () =>
        isCurrent && setLoaded({ problem: "This page could not be loaded. Reload to try again." }),
    );
    return () => {
      isCurrent = false;
    };
  }, [page]);
  const { Page, problem } = loaded;
  if (Page) return <Page state={state} />;
  return (
    <p class="late" role={problem ? "alert" : "status"}>
      {problem ?? "Loading…"}
    </p>
  );
}
