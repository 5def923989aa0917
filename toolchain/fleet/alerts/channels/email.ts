/**
 * A message as an e-mail, one for all recipients. SMTP has no idempotency: when the line breaks after the text was
 * sent and before the answer, the mail is sent again, with the same Message-ID. Source: RFC 5321 section 4.5.3.2, 6.1.
 */
import { createTransport } from "nodemailer";
import { textOf } from "../messages.ts";
import { type Attempt, failed, type Outcome } from "./attempt.ts";
import type { EmailConfig } from "./kinds.ts";

export async function sendEmail(
  { deliveryID, message, signal, limitMs }: Attempt,
  { host, port, security, from, to, user, password }: EmailConfig,
): Promise<Outcome> {
  const transport = createTransport({
    ...{ host, port, secure: security === "tls", requireTLS: security === "starttls" },
    ignoreTLS: security === "none",
    ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
    ...{ connectionTimeout: limitMs, greetingTimeout: limitMs, socketTimeout: limitMs },
    // Texts come from cameras: nothing in them may name a file or an address to fetch.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const onAbort = () => transport.close();
  signal.addEventListener("abort", onAbort, { once: true });
  const { subject, text } = textOf(message);
  try {
    const { rejected } = await transport.sendMail({
      ...{ from, to, subject, text },
      messageId: `<${deliveryID}@${from.split("@")[1]}>`,
      headers: { "X-Thicket-Delivery": deliveryID, "Auto-Submitted": "auto-generated" },
    });
    // Some have it: sending again would send it to them twice.
    return rejected.length < to.length
      ? { isSent: true }
      : failed("the mail server took no recipient", true);
  } catch (error) {
    const { responseCode = 0, message: text } = error as { responseCode?: number; message: string };
    return failed(text, responseCode >= 500 && responseCode < 600);
  } finally {
    signal.removeEventListener("abort", onAbort);
    transport.close();
  }
}
