/** Which known animal an observation shows: those that look alike, nearest first, or a new name. A person says it. */
import { useEffect, useState } from "preact/hooks";
import { addIndividual, type Candidates, getCandidates } from "../review-api.ts";
import { isLoggedOut, messageOf } from "../state.ts";

interface Props {
  observationID: string;
  onSay: (individualID: string, name: string) => void;
}

export function WhoIsIt({ observationID, onSay }: Props) {
  const [found, setFound] = useState<Candidates | null>(null);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const fail = (error: unknown) => {
    isLoggedOut(error);
    setProblem(messageOf(error));
  };
  useEffect(() => {
    getCandidates(observationID).then(setFound, fail);
  }, [observationID]);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const text = name.trim();
    if (text) addIndividual(text).then(({ individualID }) => onSay(individualID, text), fail);
  };
  return (
    <section class="who" aria-label="Which animal is it?">
      {problem ? <p role="alert">{problem}</p> : null}
      {found?.refusal ? <p>No comparison: {found.refusal}.</p> : null}
      {found?.candidates.map((one) => (
        <button
          key={one.individualID}
          type="button"
          onClick={() => onSay(one.individualID, one.name ?? "")}
        >
          {one.name ?? "Without a name"}{" "}
          <span class="muted">distance {one.distance.toFixed(3)}</span>
        </button>
      ))}
      <form class="review-form" onSubmit={onSubmit}>
        <label for="who-name">A new animal</label>
        <input
          id="who-name"
          autocomplete="off"
          maxLength={80}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit">Name it</button>
      </form>
      <p class="muted">The order is a help; the model never learned to tell individuals apart.</p>
    </section>
  );
}
