/** Known animals: a gallery, and one animal with its sightings. */
import { useEffect, useState } from "preact/hooks";
import { requestAll } from "../api.ts";
import { usePageTitle } from "../hooks.ts";
import { mergeIndividuals, undoDecision } from "../review-api.ts";
import { isLoggedOut, messageOf } from "../state.ts";
import { fullMoment } from "../times.ts";
import { plural } from "../words.ts";

interface Individual {
  individualID: string;
  name: string | null;
  scientificName: string | null;
  sightings: number;
  cameras: number;
  firstSeen: string | null;
  lastSeen: string | null;
  picture: string | null;
}

interface Sighting {
  observationID: string;
  eventStart: string;
  site: string | null;
  locationName: string | null;
}

export function IndividualsPage() {
  const heading = usePageTitle("Individuals");
  const [list, setList] = useState<Individual[] | null>(null);
  const [history, setHistory] = useState<Record<string, Sighting[]>>({});
  const [problem, setProblem] = useState("");
  const [decisionID, setDecisionID] = useState("");
  const fail = (error: unknown) => {
    isLoggedOut(error);
    setProblem(messageOf(error));
  };
  const read = () => requestAll<Individual>("individuals", "individuals").then(setList, fail);
  useEffect(() => void read(), []);
  const change = (doing: Promise<unknown>, undoes: string) =>
    doing.then((done) => {
      setDecisionID(undoes || ((done as { decisionID?: string })?.decisionID ?? ""));
      setHistory({});
      setProblem("");
      return read();
    }, fail);
  const open = (individualID: string) => {
    if (history[individualID]) return;
    requestAll<Sighting>(`individuals/${encodeURIComponent(individualID)}`, "history").then(
      (sightings) => setHistory((all) => ({ ...all, [individualID]: sightings })),
      fail,
    );
  };
  return (
    <>
      <section class="lead" aria-label="Individuals">
        <h1 ref={heading} tabIndex={-1}>
          Individuals
        </h1>
      </section>
      {problem ? <p role="alert">{problem}</p> : null}
      {decisionID ? (
        <p role="status">
          Merged.{" "}
          <button
            type="button"
            onClick={() =>
              void change(
                undoDecision(decisionID).then(() => ({})),
                "",
              )
            }
          >
            Take it back
          </button>
        </p>
      ) : null}
      {list?.length === 0 ? (
        <p class="empty">
          No animal is known by name yet. Name one on the page Review with the key I.
        </p>
      ) : null}
      <ul class="gallery">
        {list?.map((one) => (
          <li key={one.individualID} class="tile">
            {one.picture ? <img src={one.picture} alt="" loading="lazy" /> : null}
            <h2>{one.name ?? "Without a name"}</h2>
            <p class="muted">
              {[
                one.scientificName,
                plural(one.sightings, "sighting"),
                plural(one.cameras, "camera"),
              ]
                .filter(Boolean)
                .join(", ")}
            </p>
            {one.firstSeen && one.lastSeen ? (
              <details onToggle={() => open(one.individualID)}>
                <summary>
                  {fullMoment(one.firstSeen)} to {fullMoment(one.lastSeen)}
                </summary>
                <ul>
                  {(history[one.individualID] ?? []).map((sighting) => (
                    <li key={sighting.observationID}>
                      {fullMoment(sighting.eventStart)} {sighting.locationName ?? sighting.site}
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
            {one.sightings && list.length > 1 ? (
              <label>
                The same as{" "}
                <select
                  value=""
                  onChange={(event) =>
                    void change(mergeIndividuals(one.individualID, event.currentTarget.value), "")
                  }
                >
                  <option value="">…</option>
                  {list
                    .filter(({ individualID }) => individualID !== one.individualID)
                    .map((other) => (
                      <option key={other.individualID} value={other.individualID}>
                        {other.name}
                      </option>
                    ))}
                </select>
              </label>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
