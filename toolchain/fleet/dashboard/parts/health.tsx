/** A camera's heartbeat in plain words. */
import type { ComponentChildren } from "preact";
import { everyDuration, exactDuration, fullDate } from "../times.ts";
import type { Camera, Heartbeat } from "../types.ts";
import {
  battery,
  clockDrift,
  kilobytes,
  plural,
  queue,
  signal,
  stateWords,
  subsystemWords,
} from "../words.ts";
import { Icon } from "./icons.tsx";
import { Moment } from "./moment.tsx";

export function Health({ camera }: { camera: Camera }) {
  const { heartbeat } = camera;
  if (!heartbeat)
    return (
      <p class="muted">
        This camera has not reported yet. It does so within minutes of being provisioned and in
        reach of its network.
      </p>
    );
  return (
    <>
      <dl class="facts">
        {healthFacts(heartbeat).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
        {camera.latitude || camera.longitude ? (
          <Fact name="Place">
            {camera.latitude}, {camera.longitude}
          </Fact>
        ) : null}
        <Fact name="Added">
          <Moment iso={camera.created}>{fullDate(camera.created)}</Moment>
        </Fact>
      </dl>
      <Subsystems subsystems={heartbeat.subsystems} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function healthFacts(h: Heartbeat): [string, string][] {
  const failures = h.captureFailures ? `, ${h.captureFailures} failed` : "";
  const memoryPct = Math.round((100 * h.freeVars) / Math.max(1, h.totalVars));
  const lightOnly = h.suppressedTriggers ? ` (${h.suppressedTriggers} by light alone)` : "";
  return [
    ["State", stateWords(h.state)],
    ["Reports", `every ${everyDuration(h.checkInIntervalS)}`],
    ["Running for", exactDuration(h.uptimeS)],
    ["Started", `${plural(h.bootCount, "time")}, last by ${h.bootReason || "an unknown cause"}`],
    ["Battery", battery(h)],
    ["Temperature", h.tempC === null ? "not measured" : `${Math.round(h.tempC)} °C`],
    ["Signal", signal(h.rssiDbm)],
    ["Clock", clockDrift(h.clockDriftS)],
    ["Memory", `${memoryPct} % of ${plural(h.totalVars, "variable")} free`],
    ["Storage", `${kilobytes(h.freeFlashBytes)} free`],
    ["Waiting", queue(h) || "nothing"],
    ["Lost", h.droppedRecords ? plural(h.droppedRecords, "record") : "nothing"],
    [
      "Since start",
      `${plural(h.triggers, "trigger")}${lightOnly}, ${plural(h.captures, "picture")}${failures}`,
    ],
    [
      "Classified",
      h.inferences
        ? `${plural(h.inferences, "picture")}, the last in ${h.inferenceMs} ms`
        : "none yet",
    ],
    ["Software", h.appVersion],
  ];
}

function Subsystems({ subsystems }: { subsystems: Heartbeat["subsystems"] }) {
  if (subsystems.length === 0) return null;
  return (
    <table class="subsystems">
      <caption>Parts</caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Failures
          </th>
        </tr>
      </thead>
      <tbody>
        {subsystems.map(({ name, state, failures }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span class={`part part-${state}`}>
                <Icon
                  name={state === "running" ? "check" : state === "waiting" ? "clock" : "silent"}
                />{" "}
                {subsystemWords(state)}
              </span>
            </td>
            <td class="number">{failures}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
