/**
 * Review: one event after another, by keyboard. j and k move, a accepts, c corrects, s splits, m merges, f flags, i says which animal it is, u takes the last
 * decision back.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { usePageTitle } from "../hooks.ts";
import { ReviewEventView } from "../parts/review-event.tsx";
import { ReviewForm, type ReviewMode } from "../parts/review-form.tsx";
import { WhoIsIt } from "../parts/who-is-it.tsx";
import {
  decide,
  getQueue,
  getTaxa,
  labelFrom,
  type ReviewEvent,
  undoDecision,
} from "../review-api.ts";
import { isLoggedOut, messageOf } from "../state.ts";
import { plural } from "../words.ts";

const REASONS: [reason: string, words: string][] = [
  ["", "Needs a person"],
  ["unsure", "Unsure"],
  ["disagreeing", "Disagreeing"],
  ["rare", "Rare"],
  ["flagged", "Flagged"],
  ["all", "Not yet reviewed"],
];
const KEYS: [key: string, words: string][] = [
  ["j", "next"],
  ["k", "previous"],
  ["a", "accept"],
  ["c", "correct"],
  ["s", "split"],
  ["m", "merge"],
  ["f", "flag"],
  ["i", "who is it"],
  ["u", "undo"],
];

interface Done {
  decisionID: string;
  /** Place of the event in the list. */
  at: number;
  words: string;
}

export function ReviewPage() {
  const heading = usePageTitle("Review");
  const [reason, setReason] = useState("");
  const [events, setEvents] = useState<ReviewEvent[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [taxa, setTaxa] = useState<string[]>([]);
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [mode, setMode] = useState<ReviewMode | null>(null);
  const [done, setDone] = useState<Done[]>([]);
  const [isWho, setWho] = useState(false);
  const [message, setMessage] = useState("");
  const isBusy = useRef(false);

  const fail = (error: unknown) => {
    isLoggedOut(error);
    setMessage(messageOf(error));
  };
  useEffect(() => {
    let isCurrent = true;
    setEvents(null);
    setAt(0);
    setDone([]);
    getQueue(reason).then((page) => {
      if (!isCurrent) return;
      setEvents(page.events);
      setNext(page.next);
    }, fail);
    return () => {
      isCurrent = false;
    };
  }, [reason]);
  useEffect(() => {
    getTaxa().then(({ taxa: names }) => setTaxa(names), isLoggedOut);
  }, []);

  const event = events?.[at];
  const move = (step: number) => {
    if (!events) return;
    const to = Math.min(Math.max(at + step, 0), events.length - 1);
    setAt(to);
    setChosen(0);
    setMode(null);
    setWho(false);
    if (to >= events.length - 3 && next) {
      const cursor = next;
      setNext(null);
      getQueue(reason, cursor).then((page) => {
        setEvents([...events, ...page.events]);
        setNext(page.next);
      }, fail);
    }
  };

  const act = async (words: string, body: Parameters<typeof decide>[0]) => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      const { decisionID } = await decide(body);
      setDone([...done, { decisionID, at, words }]);
      setMessage(`${words}. U takes it back.`);
      setMode(null);
      move(1);
    } catch (error) {
      fail(error);
    } finally {
      isBusy.current = false;
    }
  };

  const undo = async () => {
    const last = done.at(-1);
    if (!last || isBusy.current) return;
    isBusy.current = true;
    try {
      await undoDecision(last.decisionID);
      setDone(done.slice(0, -1));
      setAt(last.at);
      setMessage(`Taken back: ${last.words.toLowerCase()}.`);
    } catch (error) {
      fail(error);
    } finally {
      isBusy.current = false;
    }
  };

  const ids = event?.observations.map(({ observationID }) => observationID) ?? [];
  const chosenID = ids[chosen] ?? ids[0];
  /** One observation alone is merged with the next event of its camera. */
  const mergeIDs = () => {
    if (ids.length > 1 || !event) return ids;
    const other = events?.[at + 1];
    const isSame = other?.deploymentID === event.deploymentID;
    return isSame ? [...ids, ...other.observations.map((one) => one.observationID)] : ids;
  };
  const keys: Record<string, () => void> = {
    j: () => move(1),
    k: () => move(-1),
    a: () => void act("Accepted", { action: "accept", observationIDs: ids }),
    c: () => setMode("correct"),
    s: () => setMode("split"),
    m: () => {
      const both = mergeIDs();
      if (both.length > 1) void act("Merged", { action: "merge", observationIDs: both });
      else setMessage("There is nothing to merge it with.");
    },
    f: () => setMode("flag"),
    i: () => setWho(!isWho),
    u: () => void undo(),
  };
  const keysNow = useRef(keys);
  keysNow.current = event || done.length ? keys : {};
  useEffect(() => {
    const onKey = (pressed: KeyboardEvent) => {
      if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
      if ((pressed.target as Element).closest("input, select, textarea, dialog")) return;
      const digit = Number(pressed.key);
      if (digit >= 1) return setChosen(digit - 1);
      const action = keysNow.current[pressed.key.toLowerCase()];
      if (!action) return;
      pressed.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const submit = (text: string) => {
    if (!chosenID || !mode) return;
    const observationIDs = [chosenID];
    if (mode === "flag") void act("Flagged", { action: "flag", observationIDs, note: text });
    else
      void act(mode === "correct" ? "Corrected" : "Split", {
        ...{ action: mode, observationIDs },
        label: labelFrom(text),
      });
  };

  return (
    <>
      <section class="lead" aria-label="Review">
        <h1 ref={heading} tabIndex={-1}>
          Review
        </h1>
        <p class="counts">
          <label>
            <span class="unseen">Which events</span>
            <select value={reason} onChange={(change) => setReason(change.currentTarget.value)}>
              {REASONS.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          {events?.length ? (
            <span class="review-place">
              Event {at + 1} of {events.length}
              {next ? " or more" : ""}, {plural(done.length, "decision")}
            </span>
          ) : null}
        </p>
      </section>
      <p class="review-message" role="status">
        {message}
      </p>
      {events === null ? (
        <p>Loading…</p>
      ) : event ? (
        <>
          <ReviewEventView
            event={event}
            chosen={chosen}
            onChoose={setChosen}
            doneWords={done.find((one) => one.at === at)?.words}
          />
          {mode ? (
            <ReviewForm mode={mode} taxa={taxa} onSubmit={submit} onCancel={() => setMode(null)} />
          ) : null}
          {isWho && chosenID ? (
            <WhoIsIt
              key={chosenID}
              observationID={chosenID}
              onSay={(individualID, name) =>
                void act(`This is ${name}`, {
                  ...{ action: "assign", observationIDs: [chosenID], individualID },
                })
              }
            />
          ) : null}
          <div class="review-keys" role="toolbar" aria-label="Decisions">
            {KEYS.map(([key, words]) => (
              <button key={key} type="button" aria-keyshortcuts={key} onClick={keys[key]}>
                <kbd>{key}</kbd> {words}
              </button>
            ))}
          </div>
        </>
      ) : (
        <p class="empty">Nothing waits for you here.</p>
      )}
    </>
  );
}
