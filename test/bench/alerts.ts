/** From a camera's check-in to the receivers of an alert over real sockets, the slowest of twenty; the promise is 10 s. */
import {
  addChannel,
  addNoGoCamera,
  addRule,
  broker,
  mailReceiver,
  nightRule,
  type Receiver,
  seen,
  webhookReceiver,
  withAlarmedFleet,
} from "../fleet/alerts/support.ts";
import type { Figure } from "./run.ts";

const ALERTS = 20;
const PROMISE_MS = 10_000;

export async function figures(): Promise<Figure[]> {
  const receivers = {
    ...{ webhook: await webhookReceiver(), email: await mailReceiver(), mqtt: await broker() },
  };
  const slowest = { webhook: 0, email: 0, mqtt: 0 };
  await withAlarmedFleet(async (fleet) => {
    const { webhook, email, mqtt } = receivers;
    const channels = [
      await addChannel(fleet, "webhook", { url: `http://127.0.0.1:${webhook.port}/` }),
      await addChannel(fleet, "email", {
        ...{ host: "127.0.0.1", port: email.port, security: "none" },
        ...{ from: "thicket@example.org", to: ["rangers@example.org"] },
      }),
      await addChannel(fleet, "mqtt", { url: `mqtt://127.0.0.1:${mqtt.port}`, topic: "t" }),
    ];
    await addRule(fleet, nightRule({ channels, dedupMinutes: 0, capPerHour: 1000 }));
    const camera = await addNoGoCamera(fleet);
    for (let index = 0; index < ALERTS; index++) {
      fleet.clock.set(fleet.clock.now() + 60_000);
      const startMs = performance.now();
      const done = Object.entries(receivers).map(async ([name, receiver]) => {
        await more(receiver, index + 1);
        const tookMs = performance.now() - startMs;
        const key = name as keyof typeof slowest;
        slowest[key] = Math.max(slowest[key], tookMs);
      });
      await Promise.all([seen(fleet, camera, `1-${index}`), ...done]);
    }
  });
  await Promise.all(Object.values(receivers).map((receiver) => receiver.close()));
  return Object.entries(slowest).map(([name, tookMs]) => ({
    ...{ name: `alerts.checkInTo.${name}.slowest`, value: Math.round(tookMs), unit: "ms" },
    ...{ vs: "10 s", ratio: Math.round(PROMISE_MS / tookMs) },
  }));
}

async function more({ got }: Receiver<unknown>, count: number): Promise<void> {
  while (got.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
}
