/** For a page to evaluate: its texts whose contrast with their ground is under 4.5 (WCAG 2.2, 1.4.3). */
export const faintTexts = `(() => {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => linear(Number(part) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const isText = (node) => node.nodeType === 3 && node.data.trim() !== "";
  return [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some(isText) && element.checkVisibility())
    .filter((element) => !element.closest("button:disabled, svg, noscript"))
    .filter((element) => {
      const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    })
    .map((element) => element.textContent);
})()`;

/** For a page to evaluate: its controls that nobody who listens could tell apart, for want of a name. */
export const namelessControls = `[...document.querySelectorAll("button, a, input, select, progress, svg")]
  .filter((element) => (element.getAttribute("aria-label") ?? element.textContent).trim() === "")
  .filter((element) => !element.labels?.length)
  .map((element) => element.outerHTML)`;
