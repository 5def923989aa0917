/** Forms of the page of users: a new person, another role. */
import { useState } from "preact/hooks";
import { request } from "../api.ts";
import { useAnswer, useAttempt } from "../hooks.ts";
import { heldRoles, ROLES, type Role, type User } from "../users-data.ts";
import { FormButtons } from "./form-buttons.tsx";
import { Problem } from "./problem.tsx";

interface Place {
  scope: "server" | "project" | "site";
  scopeID: string;
}

const SERVER: Place = { scope: "server", scopeID: "" };

/** What a request adds for a place; a server that knows no places is told of none. */
const placed = (hasPlaces: boolean, place: Place) => (hasPlaces ? place : {});

export function NewUser({ hasPlaces, onDone }: { hasPlaces: boolean; onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [place, setPlace] = useState(SERVER);
  const { problem, attempt } = useAttempt();
  const add = async (event: Event) => {
    event.preventDefault();
    const secret = password ? { password } : {};
    const body = { name, ...secret, role, ...placed(hasPlaces, place) };
    if (await attempt(() => request("POST", "users", body))) onDone();
  };
  return (
    <form class="page-form tile" noValidate onSubmit={(event) => void add(event)}>
      <h2>Add a person</h2>
      <div class="form-row">
        <label>
          Name
          <input
            value={name}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            onInput={(event) => setName(event.currentTarget.value.trim())}
          />
        </label>
        <label>
          Password (empty: tokens only)
          <input
            type="password"
            value={password}
            autocomplete="new-password"
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
      </div>
      <RoleFields {...{ role, place, hasPlaces }} onRole={setRole} onPlace={setPlace} />
      <Problem text={problem} />
      <FormButtons class="page-actions" label="Add" isOff={!name} onCancel={onDone} />
    </form>
  );
}

interface RoleFormProps {
  user: User;
  hasPlaces: boolean;
  onDone: () => void;
}

export function RoleForm({ user, hasPlaces, onDone }: RoleFormProps) {
  const [role, setRole] = useState<Role>(heldRoles(user)[0]?.role ?? "viewer");
  const [place, setPlace] = useState(SERVER);
  const { problem, attempt } = useAttempt();
  const give = async (event: Event) => {
    event.preventDefault();
    const path = `users/${encodeURIComponent(user.name)}/role`;
    const body = { role, ...placed(hasPlaces, place) };
    if (await attempt(() => request("PUT", path, body))) onDone();
  };
  return (
    <details class="more">
      <summary>
        {hasPlaces ? "Give a role" : "Change the role"}
        <span class="unseen"> of {user.name}</span>
      </summary>
      <form class="page-form" onSubmit={(event) => void give(event)}>
        <RoleFields {...{ role, place, hasPlaces }} onRole={setRole} onPlace={setPlace} />
        <Problem text={problem} />
        <div class="page-actions">
          <button type="submit">Save the role</button>
        </div>
      </form>
    </details>
  );
}

interface RoleFieldsProps {
  role: Role;
  place: Place;
  hasPlaces: boolean;
  onRole: (role: Role) => void;
  onPlace: (place: Place) => void;
}

function RoleFields({ role, place, hasPlaces, onRole, onPlace }: RoleFieldsProps) {
  type Sites = { sites: { siteID: string; projectID: string }[] };
  const { data } = useAnswer<Sites>(hasPlaces ? "site-time-zones" : "");
  const sites = data?.sites ?? [];
  const projects = [...new Set(sites.map(({ projectID }) => projectID))];
  return (
    <div class="form-row">
      <label>
        Role
        <select value={role} onChange={(event) => onRole(event.currentTarget.value as Role)}>
          {Object.entries(ROLES).map(([name, words]) => (
            <option key={name} value={name}>
              {name}: {words}
            </option>
          ))}
        </select>
      </label>
      {hasPlaces ? (
        <label>
          Where
          <select
            value={`${place.scope} ${place.scopeID}`}
            onChange={(event) => {
              const [, scope, scopeID] = event.currentTarget.value.match(/^(\w+) (.*)$/) ?? [];
              onPlace({ scope, scopeID } as Place);
            }}
          >
            <option value="server ">the whole server</option>
            {projects.map((projectID) => (
              <option key={projectID} value={`project ${projectID}`}>
                project {projectID}
              </option>
            ))}
            {sites.map(({ siteID }) => (
              <option key={siteID} value={`site ${siteID}`}>
                site {siteID}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  );
}
