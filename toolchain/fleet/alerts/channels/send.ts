/** Sends one message through a channel of any kind. */
import { failed, type Sender } from "./attempt.ts";
import { sendEmail } from "./email.ts";
import type { EmailConfig, MqttConfig, WebhookConfig } from "./kinds.ts";
import { sendMqtt } from "./mqtt.ts";
import { sendWebhook } from "./webhook.ts";

/** Never rejects. */
export const send: Sender = async (attempt) => {
  try {
    const { kind, config } = attempt;
    if (kind === "email") return await sendEmail(attempt, config as EmailConfig);
    if (kind === "mqtt") return await sendMqtt(attempt, config as MqttConfig);
    return await sendWebhook(attempt, config as WebhookConfig);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    return failed([code, message].filter(Boolean).join(": ") || String(error));
  }
};
