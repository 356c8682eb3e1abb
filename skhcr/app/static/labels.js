// What a character is: chosen from the labels of a model, to correct what it reads.

import { find, make } from "./page.js";

/** A list of labels that follows what is read, until somebody chooses one. */
export class LabelChoice {
  #isChosen = false;
  #base = null;

  constructor(select, classes) {
    this.select = select;
    this.classes = classes;
    select.addEventListener("change", () => (this.#isChosen = true));
  }

  get value() {
    return this.select.value;
  }

  /** Show the labels of a model, and what it reads. */
  suggest(base, label) {
    if (base !== this.#base) {
      this.select.replaceChildren(...this.classes[base].map((value) => make("option", { value }, value)));
      this.#base = base;
      this.release();
    }
    if (label !== undefined && !this.#isChosen) this.select.value = label;
  }

  /** Show nothing until more is read, unless somebody chose one. */
  forget() {
    if (!this.#isChosen) this.select.value = "";
  }

  /** Follow what is read again; nothing is chosen until something is. */
  release() {
    this.#isChosen = false;
    this.select.value = "";
  }
}

/** A form that sends a picture to Teach, with what it is. */
export class Correction {
  #picture = null;

  constructor(form, classes, onAdd) {
    this.form = form;
    this.labels = new LabelChoice(find("select", form), classes);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.hidden) return; // a second Enter, before the browser takes the focus away
      const { base } = this;
      const { value } = this.labels;
      const picture = this.#picture();
      this.hide(); // at once, for who clicks twice
      onAdd(base, value, await picture);
    });
  }

  /** Offer to correct what a function returns the picture of. */
  show(base, label, picture) {
    this.labels.suggest(base, label);
    this.base = base;
    this.#picture = picture;
    this.form.hidden = false;
  }

  hide() {
    this.form.hidden = true;
    this.labels.release();
  }
}
