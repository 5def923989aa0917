/** Pages that a first visit does not need: their code comes when they are first shown. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageName, Route } from "../route.ts";
import type { State } from "../state.ts";

type Page = ComponentType<{ route: Route; state: State }>;

const LOADERS: Record<PageName, () => Promise<Page>> = {
  review: async () => (await import("../pages/review.tsx")).ReviewPage,
  individuals: async () => (await import("../pages/individuals.tsx")).IndividualsPage,
  analytics: async () => (await import("../pages/analytics.tsx")).AnalyticsPage,
  map: async () => (await import("../pages/map.tsx")).MapPage,
  deployments: async () => (await import("../pages/deployments.tsx")).DeploymentsPage,
  rollouts: async () => (await import("../pages/rollouts.tsx")).RolloutsPage,
  exports: async () => (await import("../pages/exports.tsx")).ExportsPage,
  users: async () => (await import("../pages/users.tsx")).UsersPage,
  settings: async () => (await import("../pages/settings.tsx")).SettingsPage,
};

interface LatePageProps {
  page: PageName;
  route: Route;
  state: State;
}

export function LatePage({ page, route, state }: LatePageProps) {
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
  if (Page) return <Page route={route} state={state} />;
  return (
    <p class="late" role={problem ? "alert" : "status"}>
      {problem ?? "Loading…"}
    </p>
  );
}
