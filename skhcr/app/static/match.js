// Match: what is written on pictures, and which known text is closest.

import {
  acceptDrop, ALPHABETS, ask, fill, find, follow, guarded, make, Refusal, save, say, Wanted,
} from "./page.js";

const COLUMNS = ["picture", "read", "closest", "row", "distance", "error"];
const FAR = 0.4; // share of characters that differ, from which a match wants to be looked at

export function startMatch(root) {
  const form = find("form", root);
  const { table, header, column, pictures, alphabet } = form.elements;
  const message = find(".of-match", root);
  const tableMessage = find(".of-table", root);
  const progress = find("progress", root);
  const stop = find(".stop", root);
  const button = find("button.primary", root);
  const chosenTable = find("[data-of=table]", root);
  let columns = [];
  let rows = [];
  const wanted = new Wanted(); // the matching
  const wantedTable = new Wanted(); // what columns there are

  fill(alphabet, Object.keys(ALPHABETS), Object.values(ALPHABETS));

  /** Drop what was found with other choices. */
  function begin() {
    wanted.renew();
    rows = [];
    find("tbody", root).replaceChildren();
    find(".table", root).hidden = true;
    say(message);
  }

  function showExamples() {
    const { n_texts: n, examples } = columns[column.selectedIndex];
    find(".examples", root).textContent = `${n} texts: ${examples.join(", ")}${n > examples.length ? " …" : ""}`;
  }

  function readTable() {
    return guarded(tableMessage, async () => {
      const [file] = table.files;
      const signal = wantedTable.renew();
      begin();
      columns = [];
      find(".header-row", root).hidden = !file;
      find(".column-row", root).hidden = true;
      chosenTable.textContent = file?.name ?? "";
      if (!file) return;
      say(tableMessage, "Reading the CSV …");
      const found = await ask("api/table", [["table", file], ["header", header.checked]], signal);
      say(tableMessage);
      columns = found.columns;
      fill(column, columns.map(({ name }) => name));
      column.selectedIndex = Math.max(0, columns.findIndex(({ is_guess: is }) => is));
      const note = found.encoding.startsWith("UTF") ? "" : `, read as ${found.encoding}`;
      chosenTable.textContent = `${file.name}: ${found.n_rows} rows${note}`;
      find(".column-row", root).hidden = false;
      showExamples();
    });
  }

  function showPictures() {
    const { files } = pictures;
    find("[data-of=pictures]", root).textContent = files.length === 1 ? files[0].name : `${files.length} pictures`;
    begin();
  }

  async function match() {
    const files = [...pictures.files];
    if (!table.files.length) throw new Refusal("Choose a CSV with the texts first.");
    if (!columns.length) throw new Refusal("The CSV is not read yet, or cannot be.");
    if (!files.length) throw new Refusal("Choose at least one picture.");
    begin();
    const { signal } = wanted;
    const fields = [
      ["table", table.files[0]],
      ["header", header.checked],
      ["column", column.selectedIndex],
      ["alphabet", alphabet.value],
      ...files.map((file) => ["pictures", file]),
    ];
    button.disabled = true;
    stop.hidden = progress.hidden = false;
    progress.removeAttribute("value");
    progress.max = files.length;
    say(message, "Reading the CSV …");
    try {
      for await (const row of follow("api/match", fields, signal)) {
        rows.push(row);
        find("tbody", root).append(rowOf(row, files[rows.length - 1]));
        find(".table", root).hidden = false;
        progress.value = rows.length;
        say(message, `${rows.length} of ${files.length} done`);
      }
      const exact = rows.filter(({ distance }) => distance === 0).length;
      const failed = rows.filter(({ error }) => error).length;
      const rest = failed ? ` ${failed} cannot be read.` : "";
      say(message, `${rows.length - failed} read, ${exact} of them the same as a text of the CSV.${rest}`);
    } finally {
      button.disabled = false;
      stop.hidden = progress.hidden = true;
    }
  }

  table.addEventListener("change", readTable);
  header.addEventListener("change", readTable);
  column.addEventListener("change", () => {
    begin();
    showExamples();
  });
  alphabet.addEventListener("change", begin);
  pictures.addEventListener("change", showPictures);
  acceptDrop(root, root, (files) => {
    const isTable = (file) => /\.(csv|tsv|txt)$/i.test(file.name);
    for (const [input, some] of [[table, files.filter(isTable)], [pictures, files.filter((f) => !isTable(f))]]) {
      if (!some.length) continue;
      const transfer = new DataTransfer();
      for (const file of input.multiple ? some : some.slice(0, 1)) transfer.items.add(file);
      input.files = transfer.files;
      input.dispatchEvent(new Event("change"));
    }
  });
  stop.addEventListener("click", () => {
    wanted.renew();
    say(message, `Stopped; ${rows.length} are done.`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(message, match);
  });
  find(".download", root).addEventListener("click", () => {
    const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ""))];
    const quoted = lines.map((line) => line.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(","));
    save("matches.csv", `\ufeff${quoted.join("\r\n")}\r\n`, "text/csv"); // with a mark, for Excel
  });
}

function rowOf({ picture, read, closest, row, distance, length, error }, file) {
  const image = make("img", { src: URL.createObjectURL(file), alt: "" });
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => {
    URL.revokeObjectURL(image.src);
    image.remove(); // of what browsers do not show
  };
  const name = make("td", {}, image, make("span", {}, picture));
  if (error) return make("tr", {}, name, make("td", { colSpan: 4, className: "error" }, error));
  const kind = distance === 0 ? "right" : distance > FAR * length ? "wrong" : "";
  return make(
    "tr",
    {},
    name,
    make("td", {}, read || "nothing"),
    make("td", {}, closest ?? ""),
    make("td", { className: "row" }, row ?? ""),
    make("td", { className: `number ${kind}` }, distance ?? ""),
  );
}
