/**
 * A message published once per connection, QoS 1, not retained: the broker has it when it answers. When the answer is lost it
 * is published again; subscribers tell it by `deliveryID`. Source: MQTT 3.1.1 section 4.3.2.
 */
import mqtt from "mqtt";
import type { Attempt, Outcome } from "./attempt.ts";
import type { MqttConfig } from "./kinds.ts";

export async function sendMqtt(
  { message, signal, limitMs }: Attempt,
  { url, topic, username, password }: MqttConfig,
): Promise<Outcome> {
  const client = mqtt.connect(url, {
    ...{ reconnectPeriod: 0, connectTimeout: limitMs, clean: true, manualConnect: true },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
  let giveUp = (_error: Error): void => {};
  const broken = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  // It may lose the race below, and nobody listens then.
  broken.catch(() => {});
  const timer = setTimeout(() => giveUp(new Error("no answer in time")), limitMs);
  const onAbort = () => giveUp(new Error("the server stops"));
  signal.addEventListener("abort", onAbort, { once: true });
  client.on("error", giveUp);
  client.on("close", () => giveUp(new Error("the connection broke")));
  try {
    const published = new Promise<void>((resolve, reject) => {
      client.once("connect", () => {
        const done = (error?: Error | null) => (error ? reject(error) : resolve());
        client.publish(topic, JSON.stringify(message), { qos: 1, retain: false }, done);
      });
    });
    client.connect();
    await Promise.race([published, broken]);
    return { isSent: true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    client.end(true);
  }
}
