// Saves the SVG that Vega has drawn: what the person sees is what the file holds, and the server has no part in it.
const ENLARGED = 3; // a PNG has this many pixels for each on the page, so that it can be printed

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".save");
  root.picture = data; // each message may name another model
  if (!root.childElementCount) {
    root.append(button("PNG", () => savePng(root)), button("SVG", () => save(svgOf(root), ".svg", root.picture.name)));
  }
}

function button(kind, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = kind;
  made.setAttribute("aria-label", `Save the picture as ${kind}`);
  made.onclick = action;
  return made;
}

// The chart as a file of its own, on the page's own paper, in which a chart of a dark page can be read too.
function svgOf(root) {
  const drawn = document.querySelector(`.st-key-${CSS.escape(root.picture.container)} svg.marks`);
  const copy = drawn.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", drawn.clientWidth);
  copy.setAttribute("height", drawn.clientHeight);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "white");
  copy.prepend(paper);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

async function savePng(root) {
  const name = root.picture.name;
  const address = URL.createObjectURL(svgOf(root));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * ENLARGED;
  canvas.height = image.height * ENLARGED;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((content) => save(content, ".png", name));
}

function save(content, ending, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name + ending;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
