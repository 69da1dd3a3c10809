// The only place that makes elements. Text goes in as text nodes, never as markup, for titles and notes are
// hostile.

const svgNamespace = "http://www.w3.org/2000/svg";

/** An element with attributes (functions become listeners, true and false switch) and children. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** As `h`, for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== false));
  return element;
}

/** Puts new children into a place, keeping focus and what was opened, for what has the same id. */
export function update(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = new Map();
  for (const details of place.querySelectorAll("details[id]")) opened.set(details.id, details.open);
  place.replaceChildren(...children.flat(2).filter((child) => child !== undefined && child !== false));
  for (const details of place.querySelectorAll("details[id]"))
    if (opened.has(details.id)) details.open = opened.get(details.id);
  if (focused !== "") document.getElementById(focused)?.focus();
}

/** A word on a coloured ground that says how something is. */
export function pill(text, tone) {
  return h("span", { class: `pill ${tone}` }, text);
}

/** A moment, said as a distance, with the exact time for who asks. */
export function moment(at, text) {
  return h("time", { datetime: at, title: new Date(at).toLocaleString() }, text);
}

/** Says something to those who listen rather than look. */
export function announce(text) {
  document.getElementById("announcements").textContent = text;
}

/** Shows what went wrong until it is dismissed. */
export function alertOf(error) {
  const box = h("p", { class: "notice bad" }, error.message);
  box.append(h("button", { type: "button", class: "plain", click: () => box.remove() }, "Dismiss"));
  document.getElementById("alerts").replaceChildren(box);
}

/** Asks before something that others will see. Resolves true if the person goes on. */
export function confirmed(title, text, verb) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      {
        class: "question",
        "aria-labelledby": "dialog-title",
        close: () => done(dialog.returnValue === "yes"),
      },
      h("h2", { id: "dialog-title" }, title),
      h("p", {}, text),
      h(
        "form",
        { method: "dialog", class: "actions" },
        h("button", { value: "yes", class: "primary" }, verb),
        h("button", { value: "no" }, "Not now"),
      ),
    );
    const done = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    document.body.append(dialog);
    dialog.showModal();
  });
}
