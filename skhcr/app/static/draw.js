// Draw: a character on a sheet, read while it is written.

import { Correction } from "./labels.js";
import { ModelChoice } from "./models.js";
import { Pad } from "./pad.js";
import { ask, find, guarded, info, latest, make, say, showAnswer, soon, Wanted } from "./page.js";

const EMPTY = "The sheet is empty: draw a character first.";

export async function startDraw(root, addToTeach) {
  const { classes } = await info();
  const message = find(".message", root);
  const said = find(".said", root);
  const answer = find(".answer", root);
  const models = new ModelChoice(find(".models", root), { hint: find(".models-hint", root) });
  const wanted = new Wanted(); // readings of what is on the sheet, by the model that is chosen
  const correction = new Correction(find(".correct", root), classes, (base, label, picture) => {
    addToTeach(base, label, picture);
    say(message, `Added to Teach as ${label}.`);
  });

  const recognise = latest(async () => {
    if (!pad.isDirty) return; // what was said since it was cleared stays
    const { signal } = wanted;
    await guarded(message, async () => {
      const { value, base } = models;
      const fields = [["picture", await pad.picture()], ["model", value]];
      const read = await ask("api/recognise", fields, soon(signal)).catch((error) => {
        if (!signal.aborted) clearAnswer(); // of an earlier stroke, or another model
        throw error;
      });
      if (read.is_empty) return clearAnswer("There is nothing to be seen yet: press harder, or go on.");
      showAnswer(answer, read);
      said.textContent = `Read as ${read.labels[0]}`;
      correction.show(base, read.labels[0], () => pad.take());
    });
  });
  const clearAnswer = (text = "") => {
    answer.replaceChildren();
    said.textContent = "";
    correction.hide();
    say(message, text);
  };
  const button = make("button", { type: "button", className: "recognise primary" }, "Recognise");
  const onClear = () => {
    wanted.renew();
    clearAnswer();
  };
  const pad = new Pad(find(".pad", root), recognise, onClear, button);
  const begin = () => {
    wanted.renew();
    recognise(true);
  };

  models.fieldset.addEventListener("change", begin);
  button.addEventListener("click", () => {
    if (pad.isDirty) begin();
    else clearAnswer(EMPTY);
  });

  /** Offer a model that was taught. */
  return (token, base) => {
    models.offer(token, base);
    if (models.value === token) begin(); // in place of an earlier one
  };
}
