/** The rules of alerts, each with a switch, a test and an editor. */
import { useEffect, useState } from "preact/hooks";
import {
  type Channel,
  EMPTY_RULE,
  getRules,
  plainRule,
  type StoredRule,
  saveRule,
  testRule,
} from "../alerts-data.ts";
import { messageOf } from "../state.ts";
import { plural } from "../words.ts";
import { ChannelList } from "./channel-list.tsx";
import { RuleEditor } from "./rule-editor.tsx";

export function RuleList() {
  const [rules, setRules] = useState<StoredRule[] | null>(null);
  const [channels, setChannels] = useState<Channel[]>([]);
  /** ruleID, "new", or "". */
  const [edited, setEdited] = useState("");
  const [said, setSaid] = useState("");
  const attempt = async (body: () => Promise<string>) => {
    try {
      setSaid(await body());
    } catch (error) {
      setSaid(messageOf(error));
    }
  };
  const load = () =>
    attempt(async () => {
      const found = await getRules();
      setRules(found.rules);
      setChannels(found.channels);
      return "";
    });
  useEffect(() => void load(), []);
  const onDone = () => {
    setEdited("");
    void load();
  };
  return (
    <>
      <section class="rules" aria-labelledby="rules-title">
        <h2 id="rules-title">Rules</h2>
        <p role="status">{said}</p>
        <ul>
          {(rules ?? []).map((rule) => (
            <li key={rule.ruleID}>
              <p class="alert-head">
                <span class={`badge severity-${rule.severity}`}>{rule.severity}</span>
                <strong>{rule.name}</strong>
              </p>
              <p class="counts">
                <span>{rule.isEnabled ? "on" : "off"}</span>
                <span>{plural(rule.channels?.length ?? 0, "channel")}</span>
              </p>
              <div class="alert-actions">
                <button
                  type="button"
                  role="switch"
                  aria-checked={rule.isEnabled === true}
                  aria-label={`${rule.name}: on`}
                  onClick={() =>
                    void attempt(async () => {
                      const isEnabled = !rule.isEnabled;
                      await saveRule(rule.ruleID, { ...plainRule(rule), isEnabled });
                      await load();
                      return `“${rule.name}” is ${isEnabled ? "on" : "off"}.`;
                    })
                  }
                >
                  Turn {rule.isEnabled ? "off" : "on"}
                </button>
                <button
                  type="button"
                  aria-expanded={edited === rule.ruleID}
                  aria-label={`Edit ${rule.name}`}
                  onClick={() => setEdited(edited === rule.ruleID ? "" : rule.ruleID)}
                >
                  Edit
                </button>
                <button
                  type="button"
                  aria-label={`Test ${rule.name}`}
                  disabled={!rule.channels?.length}
                  onClick={() =>
                    void attempt(async () => {
                      const { deliveryIDs } = await testRule(rule.ruleID);
                      return `${plural(deliveryIDs.length, "test message")} on the way.`;
                    })
                  }
                >
                  Test
                </button>
              </div>
              {edited === rule.ruleID ? (
                <RuleEditor
                  ruleID={rule.ruleID}
                  rule={plainRule(rule)}
                  channels={channels}
                  onDone={onDone}
                />
              ) : null}
            </li>
          ))}
        </ul>
        {edited === "new" ? (
          <RuleEditor ruleID="" rule={EMPTY_RULE} channels={channels} onDone={onDone} />
        ) : (
          <button type="button" onClick={() => setEdited("new")}>
            Add a rule
          </button>
        )}
      </section>
      <ChannelList channels={channels} onChange={() => void load()} />
    </>
  );
}
