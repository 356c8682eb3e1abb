// What every tab needs: asking the server, saying what went wrong, making elements.

export const find = (selector, root = document) => root.querySelector(selector);

/** Make an element: `make("p", { className: "hint" }, "text", child)`. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** What the server, or this page, has to say against a request. */
export class Refusal extends Error {}

let limits = null; // of the server: sizes, classes

export async function info() {
  limits ??= await answerOf(await reach("api/info"));
  return limits;
}

/** Return the JSON that the server answers to a form. */
export async function ask(url, fields, signal) {
  return answerOf(await post(url, fields, signal));
}

/** Yield the events that the server answers to a form, one line of JSON each. */
export async function* follow(url, fields, signal) {
  const response = await post(url, fields, signal);
  if (!response.ok) await answerOf(response);
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw brokenBy(error);
    });
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const event of lines.map(JSON.parse)) {
      if (event.failed) throw new Refusal(event.failed);
      yield event;
    }
  }
}

async function post(url, fields, signal) {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (value instanceof Blob) form.append(name, value, value.name ?? "drawing.png");
    else form.append(name, value);
  }
  const files = fields.map(([, value]) => value).filter((value) => value instanceof Blob);
  check(files);
  try {
    return await reach(url, { method: "POST", body: form, signal });
  } catch (error) {
    if (error instanceof Refusal) await checkReadable(files);
    if (signal?.reason?.name === "AbortError") throw signal.reason; // given up meanwhile
    throw error;
  }
}

/** Name a file that was changed or removed since it was chosen: browsers do not send it then. */
async function checkReadable(files) {
  for (const file of files) {
    await file.slice(0, 1).arrayBuffer().catch(() => {
      throw new Refusal(`${file.name} has changed since it was chosen; choose it again.`);
    });
  }
}

/** Refuse here what the server would refuse once it had been sent. */
function check(files) {
  const megabytes = (size) => `${Math.round(size / 1e6)} MB`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  for (const file of files) {
    const most = file.type.startsWith("image/") ? limits.max_picture : limits.max_request;
    if (file.size > most) {
      throw new Refusal(`${file.name} has ${megabytes(file.size)}; at most ${megabytes(most)} can be read.`);
    }
  }
  if (files.length > limits.max_pictures + 1) {
    throw new Refusal(`There are ${files.length} files; choose ${limits.max_pictures} at most.`);
  }
  if (total > 0.99 * limits.max_request) {
    throw new Refusal(
      `The files have ${megabytes(total)} together; choose fewer, ${megabytes(limits.max_request)} at most.`,
    );
  }
}

/** What is asked for as long as it is wanted: `renew` gives up what was asked before. */
export class Wanted {
  #controller = new AbortController();

  get signal() {
    return this.#controller.signal;
  }

  renew() {
    this.#controller.abort();
    this.#controller = new AbortController();
    return this.signal;
  }
}

/** A signal that also gives up what takes too long, so that what comes after it is asked. */
export const soon = (signal) => AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (error.name === "TimeoutError") throw new Refusal("The server does not answer; try again.");
    throw new Refusal("The server cannot be reached. Does it still run?");
  }
}

async function answerOf(response) {
  const answer = await response.json().catch((error) => {
    if (response.ok || error.name === "AbortError") throw brokenBy(error);
    return {};
  });
  if (!response.ok) throw new Refusal(answer.detail ?? `The server failed (${response.status}).`);
  return answer;
}

function brokenBy(error) {
  return error.name === "AbortError" ? error : new Refusal("The connection to the server broke; try again.");
}

/** Show a message, or none. */
export function say(element, message = "", isError = false) {
  element.textContent = message;
  element.classList.toggle("error", isError);
}

/** Run something, and show in an element what goes wrong. */
export async function guarded(element, work) {
  try {
    say(element);
    await work();
  } catch (error) {
    if (error.name === "AbortError") return;
    say(element, error instanceof Refusal ? error.message : `Something went wrong: ${error.message}`, true);
    if (!(error instanceof Refusal)) console.error(error);
  }
}

const PATIENCE = 20_000; // ms, for the reading of a character
const PAUSE = 40; // ms, so that one who draws does not keep the server busy all the time

/** Return a function that works on the latest call only, one at a time; at once if it is urgent. */
export function latest(work) {
  let isRunning = false;
  let isAsked = false;
  let isUrgent = false;
  let wake = () => {};
  return async (urgent = false) => {
    isAsked = true;
    isUrgent ||= urgent;
    if (isUrgent) wake();
    if (isRunning) return;
    isRunning = true;
    while (isAsked) {
      isAsked = isUrgent = false;
      await work();
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, isUrgent ? 0 : PAUSE);
      });
    }
    isRunning = false;
  };
}

export const percent = (share) => `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`;

/** Write a probability as a percentage that claims neither certainty nor impossibility. */
export function probability(share) {
  if (share < 0.001) return "< 0.1 %";
  return share > 0.999 ? "> 99.9 %" : percent(share);
}

/** Show the best character, what the network saw, and the five best with bars. */
export function showAnswer(element, answer) {
  const bars = answer.labels.map((label, k) => {
    const share = answer.probabilities[k];
    const bar = make("i");
    bar.style.width = `${100 * share}%`;
    return make(
      "li",
      {},
      make("b", {}, label),
      make("span", { className: "bar", ariaHidden: true }, bar),
      make("span", { className: "share" }, probability(share)),
    );
  });
  const seen = make(
    "figure",
    {},
    make("img", { src: answer.ink, alt: "The character, 28 x 28 pixels", width: 28, height: 28 }),
    make("figcaption", {}, "What the network sees"),
  );
  const best = make("div", { className: "best" }, make("b", {}, answer.labels[0]), seen);
  element.replaceChildren(best, make("ol", { className: "bars" }, ...bars));
}

/** Let files be dropped on an element; call back with them. */
export function acceptDrop(root, element, onFiles) {
  root.addEventListener("dragover", () => element.classList.add("over"));
  root.addEventListener("dragleave", () => element.classList.remove("over"));
  root.addEventListener("drop", (event) => {
    element.classList.remove("over");
    onFiles([...event.dataTransfer.files]);
  });
}

/** Fill a select element with texts. */
export function fill(select, values, texts = values) {
  select.replaceChildren(...values.map((value, k) => make("option", { value }, texts[k])));
}

/** Let the user save something as a file. */
export function save(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export const ALPHABETS = {
  characters: "letters and digits",
  uppercase: "capital letters",
  lowercase: "small letters",
  letters: "letters",
  digits: "digits",
};
