// Draw: a character on a sheet, read while it is written.

import { Pad } from "./pad.js";
import { ask, chooseModel, fill, find, guarded, info, latest, make, radio, say, showAnswer } from "./page.js";

const EMPTY = "The sheet is empty: draw a character first.";

export async function startDraw(root, addToTeach) {
  const message = find(".message", root);
  const answer = find(".answer", root);
  const correct = find(".correct", root);
  const classes = { ...(await info()).classes };
  const models = find(".models", root);
  let isChosen = false; // whether the user has said what it is

  const recognise = latest(() =>
    guarded(message, async () => {
      if (!pad.isDirty) return;
      const read = await ask("api/recognise", [["picture", await pad.picture()], ["model", model()]]);
      if (!pad.isDirty) return; // cleared meanwhile
      if (read.is_empty) return clearAnswer("There is nothing to be seen yet: press harder, or go on.");
      showAnswer(answer, read);
      correct.hidden = false;
      if (!isChosen) find("select", correct).value = read.labels[0];
    }),
  );
  const clearAnswer = (text = "") => {
    answer.replaceChildren();
    correct.hidden = true;
    isChosen = false;
    say(message, text);
  };
  const model = chooseModel(models, "draw-model", () => {
    fill(find("select", correct), classes[model()]);
    isChosen = false;
    recognise();
  });
  const button = make("button", { className: "recognise primary" }, "Recognise");
  const pad = new Pad(find(".pad", root), recognise, () => clearAnswer(), button);

  fill(find("select", correct), classes[model()]);
  find("select", correct).addEventListener("change", () => (isChosen = true));
  button.addEventListener("click", () => {
    if (pad.isDirty) recognise();
    else clearAnswer(EMPTY);
  });
  correct.addEventListener("submit", async (event) => {
    event.preventDefault();
    const label = find("select", correct).value;
    addToTeach(base[model()] ?? model(), label, await pad.picture());
    pad.clear();
    say(message, `Added to Teach as ${label}.`);
  });

  const base = {}; // what a taught model was made of
  return {
    /** Offer a model that was taught, in place of an earlier one, and choose it. */
    offer(token, name) {
      find(".taught-model", models)?.remove();
      base[token] = name;
      classes[token] = classes[name];
      const choice = radio("draw-model", token, `your ${name}`, true);
      choice.className = "taught-model";
      models.append(choice);
      models.dispatchEvent(new Event("change"));
    },
    clear: () => pad.clear(),
  };
}
