/** Channels that alerts go through: their counts, a switch, and forms to add and to change one. */
import { useState } from "preact/hooks";
import type { Channel } from "../alerts-data.ts";
import { request } from "../api.ts";
import { useAttempt } from "../hooks.ts";
import { getState, mayI } from "../state.ts";
import { ChannelForm } from "./channel-form.tsx";
import { Command } from "./command.tsx";
import { Problem } from "./problem.tsx";

interface ChannelListProps {
  channels: Channel[];
  onChange: () => void;
}

export function ChannelList({ channels, onChange }: ChannelListProps) {
  /** Whose form is open; "new" for one that is not there yet. */
  const [edited, setEdited] = useState("");
  const [made, setMade] = useState<Record<string, string>>({});
  const { problem, attempt: tryTo } = useAttempt();
  const attempt = async (body: () => Promise<unknown>) => {
    if (await tryTo(body)) onChange();
  };
  const mayManage = mayI(getState(), "manage");
  const form = (channel?: Channel) => (
    <ChannelForm
      channel={channel}
      onCancel={() => setEdited("")}
      onSaved={(secrets) => {
        setMade(secrets);
        setEdited("");
        onChange();
      }}
    />
  );
  return (
    <section class="rules" aria-labelledby="channels-title">
      <h2 id="channels-title">Channels</h2>
      {channels.length ? null : <p class="muted">Nobody is told yet: alerts are seen here only.</p>}
      <Problem text={problem} />
      <ul>
        {channels.map((channel) => {
          const { channelID, name, kind, isEnabled, waiting, sent, dead } = channel;
          return (
            <li key={channelID}>
              <p class="alert-head">
                <strong>{name}</strong> <span class="muted">{kind}</span>
              </p>
              <p class="counts">
                <span>{isEnabled ? "on" : "off"}</span>
                <span>{sent} sent</span>
                <span>{waiting} waiting</span>
                <span class={dead ? "refusal" : undefined}>{dead} given up</span>
              </p>
              {edited === channelID ? (
                form(channel)
              ) : mayManage ? (
                <div class="alert-actions">
                  <button
                    type="button"
                    aria-label={`Edit ${name}`}
                    onClick={() => setEdited(channelID)}
                  >
                    Edit
                  </button>
                  <button
                    type="button"
                    aria-label={`Turn ${isEnabled ? "off" : "on"} ${name}`}
                    onClick={() =>
                      void attempt(() =>
                        request("PATCH", `alert-channels/${channelID}`, { isEnabled: !isEnabled }),
                      )
                    }
                  >
                    Turn {isEnabled ? "off" : "on"}
                  </button>
                  <button
                    type="button"
                    aria-label={`Delete ${name}`}
                    onClick={() =>
                      void attempt(() => request("DELETE", `alert-channels/${channelID}`))
                    }
                  >
                    Delete
                  </button>
                </div>
              ) : null}
            </li>
          );
        })}
      </ul>
      {Object.entries(made).map(([name, secret]) => (
        <div class="made" role="status" key={name}>
          <p>The channel's {name}, shown this once. The receiver needs it.</p>
          <Command text={secret} />
        </div>
      ))}
      {edited === "new" ? (
        form()
      ) : mayManage ? (
        <button type="button" onClick={() => setEdited("new")}>
          Add a channel
        </button>
      ) : null}
    </section>
  );
}
