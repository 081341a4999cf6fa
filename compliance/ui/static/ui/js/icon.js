// An icon of the page's sprite.
const SVG = "http://www.w3.org/2000/svg";

export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${/^[a-z0-9-]+$/.test(name) ? name : "right"}`);
  svg.append(use);
  return svg;
};
