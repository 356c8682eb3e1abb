// The tabs: which one is shown is in the address, so that it can be linked to.

import { startDraw } from "./draw.js";
import { startMatch } from "./match.js";
import { find, guarded, info } from "./page.js";
import { startPicture } from "./picture.js";
import { startTeach } from "./teach.js";

function showTab() {
  const name = find(`nav a[href="${location.hash}"]`) ? location.hash.slice(1) : "draw";
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// A picture that is dropped beside the sheet for it would be opened in place of the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
addEventListener("hashchange", showTab);
showTab();

guarded(find("#draw .message"), async () => {
  find("footer .version").textContent = `skhcr ${(await info()).version}`;
  startPicture(find("#picture"));
  startMatch(find("#match"));
  let draw = null;
  const teach = await startTeach(find("#teach"), (token, name) => draw.offer(token, name));
  draw = await startDraw(find("#draw"), teach.add);
  document.body.dataset.ready = "true";
});
