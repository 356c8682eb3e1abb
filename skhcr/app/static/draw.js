// Draw: a character on a sheet, read while it is written.

import { Correction } from "./labels.js";
import { ModelChoice } from "./models.js";
import { Pad } from "./pad.js";
import { ask, find, guarded, info, latest, make, say, showAnswer } from "./page.js";

const EMPTY = "The sheet is empty: draw a character first.";

export async function startDraw(root, addToTeach) {
  const { classes } = await info();
  const message = find(".message", root);
  const said = find(".said", root);
  const answer = find(".answer", root);
  const models = new ModelChoice(find(".models", root), { hint: find(".models-hint", root) });
  const correction = new Correction(find(".correct", root), classes, (base, label, picture) => {
    addToTeach(base, label, picture);
    pad.clear();
    say(message, `Added to Teach as ${label}.`);
  });

  const recognise = latest(async () => {
    if (!pad.isDirty) return; // what was said since it was cleared stays
    await guarded(message, async () => {
      const { value, base } = models;
      const read = await ask("api/recognise", [["picture", await pad.picture()], ["model", value]]);
      if (!pad.isDirty || models.value !== value) return; // cleared or changed meanwhile
      if (read.is_empty) return clearAnswer("There is nothing to be seen yet: press harder, or go on.");
      showAnswer(answer, read);
      said.textContent = `Read as ${read.labels[0]}`;
      correction.show(base, read.labels[0], () => pad.picture());
    });
  });
  const clearAnswer = (text = "") => {
    answer.replaceChildren();
    said.textContent = "";
    correction.hide();
    say(message, text);
  };
  const button = make("button", { type: "button", className: "recognise primary" }, "Recognise");
  const pad = new Pad(find(".pad", root), recognise, () => clearAnswer(), button);

  models.fieldset.addEventListener("change", () => recognise(true));
  button.addEventListener("click", () => {
    if (pad.isDirty) recognise(true);
    else clearAnswer(EMPTY);
  });

  /** Offer a model that was taught. */
  return (token, base) => models.offer(token, base);
}
