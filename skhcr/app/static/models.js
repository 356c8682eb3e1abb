// Which model reads: a shipped one, or one that was taught while this page is open.

import { find, make } from "./page.js";

const HINTS = {
  digits: "0 to 9",
  letters: "A to Z; small letters are answered as capitals",
  characters: "0 to 9, A to Z, a to z",
};

export const BASES = Object.keys(HINTS);

/** Radio buttons in a fieldset. */
export class ModelChoice {
  #bases = {}; // of each value that the server knows: what it is or was made of

  constructor(fieldset, { texts = {}, hint = null } = {}) {
    this.fieldset = fieldset;
    this.group = `${fieldset.closest("section").id}-model`;
    BASES.forEach((base, k) => this.#add(base, base, texts[base] ?? base, k === 0));
    const tell = () => hint && (hint.textContent = HINTS[this.base] ?? "");
    fieldset.addEventListener("change", tell);
    tell();
  }

  /** What the server calls the model that is chosen. */
  get value() {
    return find("input:checked", this.fieldset).value;
  }

  /** The shipped model that it is or was made of; undefined for a choice that is no model. */
  get base() {
    return this.#bases[this.value];
  }

  /** Choose a model by what the server calls it. */
  choose(value) {
    find(`input[value="${value}"]`, this.fieldset).checked = true;
    this.fieldset.dispatchEvent(new Event("change"));
  }

  /** Add a model that was taught, in place of an earlier one made of the same. */
  offer(token, base) {
    const earlier = find(`.taught-${base}`, this.fieldset);
    const isChosen = earlier !== null && find("input", earlier).checked;
    earlier?.remove();
    this.#add(token, base, `your ${base}`, isChosen).className = `taught-${base}`;
  }

  #add(value, base, text, checked) {
    this.#bases[value] = base;
    const input = make("input", { type: "radio", name: this.group, value, checked });
    const label = make("label", {}, input, make("span", {}, text));
    this.fieldset.append(label);
    return label;
  }
}
