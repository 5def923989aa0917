/** Users: who there is, what each may do where, and tokens for their programs. */
import { useState } from "preact/hooks";
import { request } from "../api.ts";
import { useAnswer, useAttempt, usePageTitle } from "../hooks.ts";
import { Problem } from "../parts/problem.tsx";
import { NewUser, RoleForm } from "../parts/user-forms.tsx";
import { Tokens } from "../parts/user-tokens.tsx";
import { mayI, type State } from "../state.ts";
import { fullDate } from "../times.ts";
import { heldRoles, type User } from "../users-data.ts";
import { plural } from "../words.ts";

const SHOWN_MAX = 50;

export function UsersPage({ state }: { state: State }) {
  const heading = usePageTitle("Users");
  const mayAdminister = mayI(state, "administer");
  const answer = useAnswer<{ users: User[] }>(state.me && mayAdminister ? "users" : "");
  const [isAdding, setAdding] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const users = answer.data?.users ?? [];
  const shown = isWhole ? users : users.slice(0, SHOWN_MAX);
  const hasPlaces = users.some(({ roles }) => roles !== undefined);
  return (
    <>
      <section class="lead" aria-label="Users">
        <h1 ref={heading} tabIndex={-1}>
          Users
        </h1>
        {state.me ? (
          <p class="muted">
            You are {state.me.name}: {state.me.rights.join(", ")}.
          </p>
        ) : null}
      </section>
      {state.me && !mayAdminister ? <p>Only an administrator may see who else is here.</p> : null}
      <Problem text={answer.problem} />
      {mayAdminister && !isAdding ? (
        <p class="page-actions">
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add a person
          </button>
        </p>
      ) : null}
      {isAdding ? (
        <NewUser
          hasPlaces={hasPlaces}
          onDone={() => {
            setAdding(false);
            answer.reload();
          }}
        />
      ) : null}
      {answer.data && users.length === 0 ? (
        <p class="empty">
          Nobody yet: only the holder of the operator token comes in. Give each person a name and a
          password of their own.
        </p>
      ) : null}
      <ul class="users">
        {shown.map((user) => (
          <UserTile key={user.name} user={user} hasPlaces={hasPlaces} onChange={answer.reload} />
        ))}
      </ul>
      {users.length > shown.length ? (
        <button type="button" class="quiet wide" onClick={() => setWhole(true)}>
          Show all {plural(users.length, "user")}
        </button>
      ) : null}
    </>
  );
}

interface UserTileProps {
  user: User;
  /** Roles hold at a site or project, not for the whole server only. */
  hasPlaces: boolean;
  onChange: () => void;
}

function UserTile({ user, hasPlaces, onChange }: UserTileProps) {
  const { problem, attempt } = useAttempt();
  const [isAsked, setAsked] = useState(false);
  const roles = heldRoles(user);
  const remove = async () => {
    const path = `users/${encodeURIComponent(user.name)}`;
    if (await attempt(() => request("DELETE", path))) onChange();
  };
  const take = async (where: object) => {
    const path = `users/${encodeURIComponent(user.name)}/role`;
    if (await attempt(() => request("PUT", path, { role: null, ...where }))) onChange();
  };
  return (
    <li class="tile">
      <h2>{user.name}</h2>
      <p class="muted">
        since {fullDate(user.created)},{" "}
        {user.hasPassword ? "logs in with a password" : "has no password: tokens only"}
      </p>
      <ul class="plain-rows">
        {roles.length === 0 ? <li>No role: may do nothing.</li> : null}
        {roles.map(({ role, words, where }) => (
          <li key={words}>
            <strong>{role}</strong> <span>{words}</span>{" "}
            <button
              type="button"
              aria-label={`Take away ${role} ${words} from ${user.name}`}
              onClick={() => void take(where)}
            >
              Take away
            </button>
          </li>
        ))}
      </ul>
      <Problem text={problem} />
      <RoleForm user={user} hasPlaces={hasPlaces} onDone={onChange} />
      <Tokens user={user} onChange={onChange} />
      <p class="page-actions tile-end">
        {isAsked ? (
          <>
            <button type="button" class="primary" onClick={() => void remove()}>
              Remove {user.name} for ever
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              Keep
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setAsked(true)}>
            Remove {user.name}
          </button>
        )}
      </p>
    </li>
  );
}
