/**
 * Improv commands of a browser or another tool, answered on the serial line: one at a time, each with its result or an
 * error, and ready for the next.
 */
import {
  ERROR_CONNECT,
  ERROR_HOSTNAME,
  ERROR_INVALID,
  ERROR_NONE,
  ERROR_UNKNOWN,
  ERROR_UNKNOWN_COMMAND,
  IMPROV_ERROR,
  IMPROV_STATE,
  type ImprovCodec,
  RPC_ENROL,
  RPC_HOSTNAME,
  RPC_INFO,
  RPC_JOIN,
  RPC_NAME,
  RPC_SCAN,
  RPC_STATE,
  STATE_JOINED,
} from "../protocol/improv.ts";
import { APP_VERSION } from "../version.ts";
import type { Setup } from "./setup.ts";

/** @param write sends bytes to the client; @returns what takes a command's data */
export function createImprov(
  setup: Setup,
  codec: ImprovCodec,
  chip: string,
  write: (bytes: string) => void,
): (data: string) => void {
  /** A command whose answer takes a while; the same again is a repetition, another has to wait. */
  let underWay = 0;

  const error = (code: number): void => write(codec.frame(IMPROV_ERROR, String.fromCharCode(code)));
  const state = (): void =>
    write(codec.frame(IMPROV_STATE, String.fromCharCode(setup.improvState())));
  const result = (command: number, texts: string[]): void => write(codec.result(command, texts));

  function urls(): string[] {
    return setup.url() ? [setup.url()] : [];
  }

  function scan(): void {
    setup.scan((found) => {
      underWay = 0;
      found.forEach((network) => {
        result(RPC_SCAN, [network.ssid, "" + network.rssiDbm, network.isOpen ? "NO" : "YES"]);
      });
      result(RPC_SCAN, []);
    });
  }

  function join(texts: string[]): void {
    setup.join(texts[0] as string, texts[1] || "", (problem) => {
      underWay = 0;
      if (problem) error(ERROR_CONNECT);
      state();
      if (!problem) result(RPC_JOIN, urls());
    });
    state();
  }

  function enrol(texts: string[]): void {
    setup.enrol(texts, (problem, cameraID) => {
      underWay = 0;
      if (problem) error(ERROR_UNKNOWN);
      else result(RPC_ENROL, [cameraID]);
    });
  }

  /** Commands that take a while. */
  function begin(command: number, texts: string[]): void {
    if (underWay) {
      if (underWay !== command) error(ERROR_UNKNOWN);
      return;
    }
    underWay = command;
    error(ERROR_NONE);
    if (command === RPC_SCAN) scan();
    else if (command === RPC_JOIN) join(texts);
    else enrol(texts);
  }

  return (data) => {
    const command = data.charCodeAt(0);
    const given = data.substr(2);
    if (data.length < 2 || data.charCodeAt(1) !== given.length) return error(ERROR_INVALID);
    if (command === RPC_STATE) {
      state();
      if (setup.improvState() === STATE_JOINED) result(command, urls());
    } else if (command === RPC_INFO) {
      result(command, ["Thicket", APP_VERSION, chip, setup.names().name]);
    } else if (command === RPC_HOSTNAME) {
      if (given && !setup.setHostname(given)) error(ERROR_HOSTNAME);
      else result(command, [setup.names().hostname]);
    } else if (command === RPC_NAME) {
      if (given && !setup.setName(given)) error(ERROR_INVALID);
      else result(command, [setup.names().name]);
    } else if (command === RPC_SCAN) begin(command, []);
    else if (command === RPC_JOIN || command === RPC_ENROL) {
      const texts = codec.unpackTexts(given);
      if (texts && texts[0]) begin(command, texts);
      else error(ERROR_INVALID);
    } else error(ERROR_UNKNOWN_COMMAND);
  };
}
