// The tabs: which one is shown is in the address, so that it can be linked to.

import { startDraw } from "./draw.js";
import { startMatch } from "./match.js";
import { find, guarded, info } from "./page.js";
import { startPicture } from "./picture.js";
import { startTeach } from "./teach.js";

function showTab() {
  const link = find(`nav a[href="${location.hash || "#draw"}"]`) ?? find("nav a");
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = `#${section.id}` !== link.hash;
  }
  for (const other of document.querySelectorAll("nav a")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
  document.title = `${link.textContent} – skhcr`;
}

// A picture that is dropped beside the sheet for it would be opened in place of the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
addEventListener("hashchange", showTab);
showTab();

guarded(find("#start"), async () => {
  find("footer .version").textContent = `skhcr ${(await info()).version}`;
  const offers = []; // what is told of models that were taught
  const addToTeach = await startTeach(find("#teach"), (...model) => offers.forEach((offer) => offer(...model)));
  offers.push(await startDraw(find("#draw"), addToTeach));
  offers.push(await startPicture(find("#picture"), addToTeach));
  startMatch(find("#match"));
  find("main").inert = false; // what is chosen before would be lost
  document.body.dataset.ready = "true";
});
