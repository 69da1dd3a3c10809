import { ago } from "./format.js";

// The only place that makes elements. Text goes in as text nodes, never as markup, for titles and notes are
// hostile.

/**
 * An element: its tag and classes ("p.hint"), attributes if it has any (functions become listeners, true and
 * false switch), and children.
 */
export function h(name, ...parts) {
  return make("http://www.w3.org/1999/xhtml", name, parts);
}

/** As `h`, for SVG. */
export function svg(name, ...parts) {
  return make("http://www.w3.org/2000/svg", name, parts);
}

function make(namespace, name, parts) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElementNS(namespace, tag);
  if (classes.length > 0) element.setAttribute("class", classes.join(" "));
  const attributes = parts[0]?.constructor === Object ? parts.shift() : {};
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(attribute, value);
    else if (value === true) element.setAttribute(attribute, "");
    else if (value !== false && value !== undefined) element.setAttribute(attribute, String(value));
  }
  element.append(...shown(parts));
  return element;
}

function shown(children) {
  return children.flat(2).filter((child) => child !== undefined && child !== false);
}

/** Puts new children into a place, keeping focus and what was opened, for what has the same id. */
export function update(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = new Map();
  for (const details of place.querySelectorAll("details[id]")) opened.set(details.id, details.open);
  place.replaceChildren(...shown(children));
  for (const details of place.querySelectorAll("details[id]"))
    if (opened.has(details.id)) details.open = opened.get(details.id);
  if (focused !== "") document.getElementById(focused)?.focus();
}

/** A word on a coloured ground that says how something is: good, warn, bad, busy or quiet. */
export function pill(text, tone) {
  return h(`span.pill.${tone}`, text);
}

/** A moment, said as a distance unless told otherwise, with the exact time for who asks. */
export function moment(at, text = ago(at)) {
  return h("time", { datetime: at, title: new Date(at).toLocaleString() }, text);
}

/** A button that rests while what it does goes on, and shows what went wrong. */
export function button(label, attributes, act) {
  const press = async () => {
    element.disabled = true;
    try {
      await act();
    } catch (error) {
      alertOf(error);
    }
    element.disabled = false;
    // Resting took its focus away; what was drawn anew in the meantime has the same id.
    if (document.activeElement === document.body) (document.getElementById(attributes.id) ?? element).focus();
  };
  const element = h("button", { type: "button", ...attributes, click: press }, label);
  return element;
}

/** Says something to those who listen rather than look. */
export function announce(text) {
  document.getElementById("announcements").textContent = text;
}

/** Shows what went wrong until it is dismissed. */
function alertOf(error) {
  const box = h("p.notice.bad", error.message);
  box.append(h("button.plain", { type: "button", click: () => box.remove() }, "Dismiss"));
  document.getElementById("alerts").replaceChildren(box);
}

/** Asks before something that others will see. Resolves true if the person goes on. */
export function confirmed(title, text, verb) {
  const { promise, resolve } = Promise.withResolvers();
  const close = () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  };
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title", close },
    h("h2", { id: "dialog-title" }, title),
    h("p", text),
    h(
      "form.actions",
      { method: "dialog" },
      h("button.primary", { value: "yes" }, verb),
      h("button", { value: "no" }, "Not now"),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
