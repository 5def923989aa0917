/** Analyses: figures with what they rest on beside them, and the plot. */
import { useEffect, useState } from "preact/hooks";
import { request } from "../api.ts";
import { usePageTitle } from "../hooks.ts";
import { type Answer, AnswerView } from "../parts/answer-view.tsx";
import { isLoggedOut, messageOf } from "../state.ts";

interface Analysis {
  name: string;
  summary: string;
  needs: string;
  assumes: string;
}

const SHOWN_MAX = 12;

export function AnalyticsPage() {
  const heading = usePageTitle("Analytics");
  const [analyses, setAnalyses] = useState<Analysis[]>([]);
  const [name, setName] = useState("effort");
  const [taxon, setTaxon] = useState("");
  const [answers, setAnswers] = useState<Answer[] | null>(null);
  const [problem, setProblem] = useState("");
  const fail = (error: unknown) => {
    isLoggedOut(error);
    setProblem(messageOf(error));
  };
  useEffect(() => {
    request<{ analyses: Analysis[] }>("GET", "analytics").then(
      (all) => setAnalyses(all.analyses),
      fail,
    );
  }, []);
  useEffect(() => {
    let isCurrent = true;
    setAnswers(null);
    setProblem("");
    const query = taxon ? `?${new URLSearchParams({ taxon })}` : "";
    request<{ answers: Answer[] }>("GET", `analytics/${name}${query}`).then(
      (one) => isCurrent && setAnswers(one.answers),
      (error) => isCurrent && fail(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [name, taxon]);
  const about = analyses.find((one) => one.name === name);
  return (
    <>
      <section class="lead" aria-label="Analytics">
        <h1 ref={heading} tabIndex={-1}>
          Analytics
        </h1>
        <form class="analytics-form" onSubmit={(event) => event.preventDefault()}>
          <label>
            Analysis{" "}
            <select value={name} onChange={(event) => setName(event.currentTarget.value)}>
              {analyses.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
          <label>
            Taxa{" "}
            <input
              value={taxon}
              placeholder="all; two with a comma"
              onChange={(event) => setTaxon(event.currentTarget.value.trim())}
            />
          </label>
        </form>
        {about ? (
          <p class="muted">
            {about.summary}. Needs {about.needs}; assumes that {about.assumes}.
          </p>
        ) : null}
      </section>
      {problem ? <p role="alert">{problem}</p> : null}
      {answers === null && !problem ? <p role="status">Computing…</p> : null}
      {answers?.slice(0, SHOWN_MAX).map((answer) => (
        <AnswerView key={`${name}/${answer.of}`} answer={answer} />
      ))}
      {answers && answers.length > SHOWN_MAX ? (
        <p>{answers.length - SHOWN_MAX} more; name taxa to see them.</p>
      ) : null}
    </>
  );
}
