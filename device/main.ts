/** The camera's program: puts the parts on Espruino's ports and starts the day. The console stays usable. */
import { assemble } from "./assembly.ts";
import { openDoor } from "./deployment/setup-door.ts";
import { createPorts } from "./espruino/ports.ts";
import { onProgramEnd, publish, setUncaughtHandler } from "./espruino/program.ts";

const ports = createPorts();
const camera = assemble(ports);
publish(camera.console);
setUncaughtHandler(camera.unexpected);
onProgramEnd(camera.production.stop);
camera.production.start();
openDoor(ports, camera.provisioning, camera.console.enrol);
camera.console.greeting().forEach((line) => {
  ports.log(line);
});
