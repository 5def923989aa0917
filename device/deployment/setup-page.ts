/**
 * The camera's own page: one HTML text with its script, and the answers it asks for. A form is sent as lines, not in
 * URL encoding, so that every byte arrives as it was typed.
 */
import type { PageAnswer } from "../ports.ts";
import type { Setup } from "./setup.ts";

const HTML = "text/html; charset=utf-8";
const JSON_TYPE = "application/json";
/** Lines of the form: network, password, and those of Setup.enrol. */
const NETWORK_LINES = 2;

export function pageAnswer(setup: Setup): PageAnswer {
  /** In a function, so that the text stays in flash until somebody asks for it. */
  function html(): string {
    return (
      '<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>Thicket camera</title>' +
      "<style>body{font:1em sans-serif;max-width:24em;margin:1em auto;padding:0 1em}label,input,button{display:block;" +
      "width:100%;box-sizing:border-box;margin:.3em 0;font-size:1em}input,button{padding:.5em}</style>" +
      '<h1>Thicket camera</h1><form><label>Wi-Fi network<input name="n" list="l" maxlength="32" required></label>' +
      '<datalist id="l"></datalist><button type="button" id="s">Look for networks</button>' +
      '<label>Wi-Fi password<input name="p" type="password" maxlength="63"></label>' +
      '<label>Server<input name="v" type="url" placeholder="http://192.168.1.5:8700"></label>' +
      '<label>Claim code<input name="c" autocomplete="off"></label>' +
      '<label>Name of the camera<input name="a" maxlength="40"></label><button>Save</button></form>' +
      '<p role="status" id="o"></p><script>' +
      "var f=document.forms[0],$=function(i){return document.getElementById(i)};" +
      "function ask(u,o){return fetch(u,o).then(function(r){return r.json()})}" +
      "function say(t){$('o').textContent=t}" +
      "$('s').onclick=function(){say('Looking...');ask('/networks').then(function(l){say(l.length+' found');" +
      "$('l').replaceChildren.apply($('l'),l.map(function(n){return new Option(n.ssid)}))})};" +
      "function poll(){ask('/state').then(function(s){say(s.text);if(s.busy)setTimeout(poll,1000)}," +
      "function(){say('Waiting for the camera...');setTimeout(poll,2000)})}" +
      "f.onsubmit=function(e){e.preventDefault();fetch('/',{method:'POST',body:[f.n.value,f.p.value,f.v.value,f.c.value," +
      "f.a.value,'','',Math.round(Date.now()/1000)].join('\\n')}).then(poll,poll)}</script></html>"
    );
  }

  let isBusy = false;
  let text = "";

  function ended(said: string): void {
    isBusy = false;
    text = said;
  }

  function enrol(lines: string[]): void {
    if (!lines[0]) {
      ended("Joined. The page is now at " + setup.url());
      return;
    }
    text = "Joined. Asking the server...";
    setup.enrol(lines, (problem, cameraID) => {
      ended(problem ? "Not enrolled: " + problem : "Done: this is camera " + cameraID);
    });
  }

  function save(lines: string[]): void {
    isBusy = true;
    text = "Joining " + lines[0] + "...";
    setup.join(lines[0] as string, lines[1] as string, (problem) => {
      if (problem) ended("Not joined: " + problem);
      else enrol(lines.slice(NETWORK_LINES));
    });
  }

  return (method, path, body, reply) => {
    const lines = body.split("\n");
    if (method === "POST" && isBusy) reply(409, JSON_TYPE, "{}");
    else if (method === "POST" && (!lines[0] || lines.length < NETWORK_LINES))
      reply(400, JSON_TYPE, "{}");
    else if (method === "POST") {
      save(lines);
      reply(202, JSON_TYPE, "{}");
    } else if (path === "/networks") {
      setup.scan((found) => reply(200, JSON_TYPE, JSON.stringify(found)));
    } else if (path === "/state") reply(200, JSON_TYPE, JSON.stringify({ busy: isBusy, text }));
    else if (path === "/") reply(200, HTML, html());
    else reply(404, JSON_TYPE, "{}");
  };
}
