// Picture: a photo or a scan, of text or of one character.

import { Correction } from "./labels.js";
import { ModelChoice } from "./models.js";
import {
  acceptDrop, ALPHABETS, ask, fill, find, guarded, info, make, probability, Refusal, save, say, showAnswer,
  Wanted,
} from "./page.js";

const KINDS = { digits: "a digit", letters: "a letter", characters: "a character" };
const UNSURE = 0.5; // probability below which a word or a character should be looked at
const TEXT_SIZE = 12; // pixels of the screen, at least
const SVG = "http://www.w3.org/2000/svg";

export async function startPicture(root, addToTeach) {
  const { classes } = await info();
  const message = find(".message", root);
  const answer = find(".answer", root);
  const reading = find(".reading", root);
  const overlay = find(".overlay", root);
  const sheet = find(".sheet", root);
  const text = find("textarea", root);
  const alphabet = find(".alphabet", root);
  const file = find(".drop input", root);
  const kinds = new ModelChoice(find(".kind", root), { texts: KINDS });
  const correction = new Correction(find(".correct", root), classes, (base, label, sample) => {
    addToTeach(base, label, sample);
    say(message, `Added to Teach as ${label}.`);
  });
  let picture = null;
  const wanted = new Wanted(); // the reading of the picture
  let read = null;

  find("input[value=text]", kinds.fieldset).checked = true;
  fill(alphabet, Object.keys(ALPHABETS), Object.values(ALPHABETS));

  async function show() {
    find(".alphabet-row", root).hidden = kinds.value !== "text";
    if (!picture) return;
    const signal = wanted.renew();
    answer.replaceChildren();
    correction.hide();
    reading.hidden = overlay.hidden = true;
    await guarded(message, async () => {
      say(message, "Reading …");
      if (kinds.value === "text") await showText(signal);
      else await showCharacter(signal);
    });
  }

  async function showText(signal) {
    read = await ask("api/read", [["picture", picture], ["alphabet", alphabet.value]], signal);
    const lines = read.text.split("\n");
    const counts = [[read.words.length, "word"], [lines.length, "line"]];
    const [words, onLines] = counts.map(([n, name]) => `${n} ${name}${n === 1 ? "" : "s"}`);
    say(message, read.text ? `${words} on ${onLines}` : "No text was found on this picture.");
    reading.hidden = !read.text;
    overlay.hidden = false;
    text.value = read.text;
    text.rows = Math.min(12, Math.max(2, lines.length));
    showBoxes();
  }

  async function showCharacter(signal) {
    const { value, base } = kinds;
    const sample = picture;
    const found = await ask("api/recognise", [["picture", sample], ["model", value], ["preview", true]], signal);
    say(message, found.is_empty ? "No ink was found on this picture." : `Read as ${found.labels[0]}`);
    if (!found.is_empty) {
      showAnswer(answer, found);
      correction.show(base, found.labels[0], () => sample);
    }
    answer.prepend(make("img", { className: "photo", src: found.preview, alt: "Your picture" }));
  }

  function showBoxes() {
    if (!read || !sheet.clientWidth) return; // it is not to be seen
    const drawing = element("svg", { viewBox: `0 0 ${read.width} ${read.height}` });
    const each = find(".level", root).checked;
    const things = each ? read.words.flatMap((word) => word.characters) : read.words;
    const legible = (TEXT_SIZE * read.width) / sheet.clientWidth;
    drawing.append(...things.map((thing) => box(thing, legible, find(".touched", root))));
    const image = make("img", { src: read.preview, alt: "Your picture, with what was read" });
    sheet.replaceChildren(image, drawing);
    find(".touched", root).textContent = "";
  }

  function take(chosen) {
    if (!chosen) return;
    picture = chosen;
    show();
  }

  let width = 0;
  new ResizeObserver(() => {
    if (sheet.clientWidth !== width) showBoxes();
    width = sheet.clientWidth;
  }).observe(sheet);
  file.addEventListener("change", () => {
    take(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  });
  kinds.fieldset.addEventListener("change", show);
  alphabet.addEventListener("change", show);
  find(".level", root).addEventListener("change", showBoxes);
  acceptDrop(root, find(".drop", root), ([first]) => take(first));
  document.addEventListener("paste", (event) => {
    if (!root.hidden) take(event.clipboardData.files[0]);
  });

  find(".copy", root).addEventListener("click", () =>
    guarded(message, async () => {
      text.select();
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(text.value).catch(() => {
          throw new Refusal("The browser does not let this page copy; the text is marked, copy it yourself.");
        });
      } else {
        document.execCommand("copy"); // where the page is not served over HTTPS
      }
      say(message, "Copied");
    }),
  );
  find(".download", root).addEventListener("click", () => {
    save("text.txt", `${text.value}\n`, "text/plain");
  });

  startCamera(find(".camera", root), find(".viewfinder", root), file, message, take);

  /** Offer a model that was taught. */
  return (token, base) => {
    kinds.offer(token, base);
    if (kinds.value === token) show(); // in place of an earlier one
  };
}

function element(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Return a box with what is read in it, which tells in an element how sure that is, once touched or tabbed to. */
function box({ text, box: [left, top, right, bottom], probability: sure }, legible, teller) {
  const told = `${text}: ${probability(sure)}`;
  const group = element("g", {
    class: sure < UNSURE ? "unsure" : "sure", tabindex: 0, role: "img", "aria-label": told,
  });
  const size = Math.max(0.4 * (bottom - top), legible);
  const y = top > size ? top - 0.15 * size : bottom + 0.9 * size;
  group.append(
    element("rect", { x: left, y: top, width: right - left, height: bottom - top }),
    element("text", { x: left, y, "font-size": size }, text),
    element("title", {}, told),
  );
  for (const touch of ["click", "focus"]) group.addEventListener(touch, () => (teller.textContent = told));
  return group;
}

/** Take a photo: in the page where the browser allows it, else with what the phone has for it. */
function startCamera(button, viewfinder, file, message, take) {
  const video = find("video", viewfinder);
  const shutter = find(".take", viewfinder);

  button.addEventListener("click", () =>
    guarded(message, async () => {
      if (!navigator.mediaDevices) {
        file.setAttribute("capture", "environment");
        file.click();
        file.removeAttribute("capture");
        return;
      }
      const wanted = { facingMode: "environment", width: { ideal: 1920 } };
      button.disabled = shutter.disabled = true; // the latter until there is something to be seen
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
      } catch {
        throw new Refusal("There is no camera that this page may use.");
      } finally {
        button.disabled = false;
      }
      if (viewfinder.closest("section").hidden) { // somebody has gone to another tab meanwhile
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      video.srcObject = stream;
      viewfinder.showModal();
    }),
  );
  video.addEventListener("loadeddata", () => (shutter.disabled = false));
  viewfinder.addEventListener("close", () => {
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  });
  addEventListener("hashchange", () => viewfinder.close());
  find(".close", viewfinder).addEventListener("click", () => viewfinder.close());
  shutter.addEventListener("click", () => {
    const photo = make("canvas", { width: video.videoWidth, height: video.videoHeight });
    photo.getContext("2d").drawImage(video, 0, 0);
    viewfinder.close();
    photo.toBlob((blob) => take(new File([blob], "photo.jpg", { type: blob.type })), "image/jpeg", 0.92);
  });
}
