// Picture: a photo or a scan, of text or of one character.

import { ALPHABETS, ask, fill, find, guarded, make, percent, save, say, showAnswer } from "./page.js";

const UNSURE = 0.5; // probability below which a word or a character should be looked at
const TEXT_SIZE = 12; // pixels of the screen, at least
const SVG = "http://www.w3.org/2000/svg";

export function startPicture(root) {
  const message = find(".message", root);
  const answer = find(".answer", root);
  const reading = find(".reading", root);
  const overlay = find(".overlay", root);
  const text = find("textarea", root);
  const drop = find(".drop", root);
  const file = find(".drop input", root);
  const viewfinder = find(".viewfinder", root);
  const kind = () => find(".kind input:checked", root).value;
  let picture = null;
  let asking = null; // AbortController of the reading under way
  let read = null;

  fill(find(".alphabet", root), Object.keys(ALPHABETS), Object.values(ALPHABETS));

  async function show() {
    find(".alphabet-row", root).hidden = kind() !== "text";
    if (!picture) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    answer.replaceChildren();
    reading.hidden = overlay.hidden = true;
    await guarded(message, async () => {
      say(message, "Reading …");
      if (kind() === "text") await showText(signal);
      else await showCharacter(signal);
    });
  }

  async function showText(signal) {
    const fields = [["picture", picture], ["alphabet", find(".alphabet", root).value]];
    read = await ask("api/read", fields, signal);
    say(message, read.text ? "" : "No text was found on this picture.");
    reading.hidden = !read.text;
    overlay.hidden = false;
    text.value = read.text;
    text.rows = Math.min(12, Math.max(2, read.text.split("\n").length));
    showBoxes();
  }

  async function showCharacter(signal) {
    const fields = [["picture", picture], ["model", kind()], ["preview", true]];
    const found = await ask("api/recognise", fields, signal);
    say(message, found.is_empty ? "No ink was found on this picture." : "");
    if (!found.is_empty) showAnswer(answer, found);
    answer.prepend(make("img", { className: "photo", src: found.preview, alt: "Your picture" }));
  }

  function showBoxes() {
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", `0 0 ${read.width} ${read.height}`);
    drawing.setAttribute("aria-hidden", "true");
    const each = find(".level", root).checked;
    const things = each ? read.words.flatMap((word) => word.characters) : read.words;
    const legible = (TEXT_SIZE * read.width) / find(".sheet", root).clientWidth;
    drawing.append(...things.map((thing) => box(thing, legible)));
    const image = make("img", { src: read.preview, alt: "Your picture, with what was read" });
    find(".sheet", root).replaceChildren(image, drawing);
  }

  function take(chosen) {
    if (!chosen) return;
    picture = chosen;
    show();
  }

  file.addEventListener("change", () => {
    take(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  });
  find(".kind", root).addEventListener("change", show);
  find(".alphabet", root).addEventListener("change", show);
  find(".level", root).addEventListener("change", showBoxes);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    if (!root.hidden) take(event.clipboardData.files[0]);
  });

  find(".copy", root).addEventListener("click", async () => {
    text.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(text.value);
    else document.execCommand("copy"); // where the page is not served over HTTPS
    say(message, "Copied.");
  });
  find(".download", root).addEventListener("click", () => {
    save("text.txt", `${text.value}\n`, "text/plain");
  });

  startCamera(find(".camera", root), viewfinder, file, message, take);
}

function box({ text, box: [left, top, right, bottom], probability }, legible) {
  const make = (tag, attributes, content = "") => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = content;
    return element;
  };
  const group = make("g", { class: probability < UNSURE ? "unsure" : "sure" });
  const size = Math.max(0.4 * (bottom - top), legible);
  const y = top > size ? top - 0.15 * size : bottom + 0.9 * size;
  group.append(
    make("rect", { x: left, y: top, width: right - left, height: bottom - top }),
    make("text", { x: left, y, "font-size": size }, text),
    make("title", {}, `${text}: ${percent(probability)}`),
  );
  return group;
}

/** Take a photo: in the page where the browser allows it, else with what the phone has for it. */
function startCamera(button, viewfinder, file, message, take) {
  const video = find("video", viewfinder);

  button.addEventListener("click", () =>
    guarded(message, async () => {
      if (!navigator.mediaDevices) {
        file.setAttribute("capture", "environment");
        file.click();
        file.removeAttribute("capture");
        return;
      }
      const wanted = { facingMode: "environment", width: { ideal: 1920 } };
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
      } catch {
        return say(message, "There is no camera that this page may use.", true);
      }
      viewfinder.showModal();
    }),
  );
  viewfinder.addEventListener("close", () => {
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  });
  find(".close", viewfinder).addEventListener("click", () => viewfinder.close());
  find(".take", viewfinder).addEventListener("click", () => {
    const photo = make("canvas", { width: video.videoWidth, height: video.videoHeight });
    photo.getContext("2d").drawImage(video, 0, 0);
    viewfinder.close();
    photo.toBlob((blob) => take(new File([blob], "photo.jpg", { type: blob.type })), "image/jpeg", 0.92);
  });
}
