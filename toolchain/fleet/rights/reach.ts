/**
 * Where a right holds: over the whole server, or in some projects and at some sites. What that means for each table is reach-rules.ts;
 * how every query keeps to it is limited-db.ts.
 */
export interface Reach {
  /** Everything, also what belongs to no project: the global layer, releases, roll-outs, the server itself. */
  readonly isAll: boolean;
  readonly organisations: ReadonlySet<string>;
  /** Whole projects, those of the organisations too. */
  readonly projects: ReadonlySet<string>;
  /** Single sites beside them. */
  readonly sites: ReadonlySet<string>;
}

/** What has a place: a deployment, a location, a site. */
export interface Placed {
  projectID: string;
  siteID: string | null;
}

const none: ReadonlySet<string> = new Set();

export const EVERYWHERE: Reach = {
  isAll: true,
  organisations: none,
  projects: none,
  sites: none,
};
export const NOWHERE: Reach = { ...EVERYWHERE, isAll: false };

export const reaches = (reach: Reach, { projectID, siteID }: Placed): boolean =>
  reach.isAll || reach.projects.has(projectID) || (siteID !== null && reach.sites.has(siteID));

/** Whether all of a project that lies within one reach lies within another, too. */
export const covers = (wide: Reach, narrow: Reach, projectID: string): boolean =>
  reaches(wide, { projectID, siteID: null }) ||
  (!reaches(narrow, { projectID, siteID: null }) &&
    [...narrow.sites].every((siteID) => wide.sites.has(siteID)));

/** Equal for those who see the same. */
export const reachKey = ({ isAll, projects, sites }: Reach): string =>
  isAll ? "*" : JSON.stringify([[...projects].sort(), [...sites].sort()]);
