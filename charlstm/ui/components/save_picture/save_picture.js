// Saves the SVG that Vega has drawn, in the browser alone: the file is the chart as it is shown.
const PNG_SCALE = 3; // pixels of a PNG for each one on the page, so that it can be printed

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".save");
  root.picture = data; // the name of the file changes with the model
  if (!root.childElementCount) {
    root.append(document.createElement("span"), createButton("PNG", () => savePng(root)), createButton("SVG", () => saveAs(svgOf(root), ".svg", root.picture.name)));
  }
  root.firstChild.textContent = data.label;
}

function createButton(kind, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = kind;
  button.setAttribute("aria-label", `Save the chart as ${kind}`);
  button.onclick = action;
  return button;
}

// The chart on the background of the page, so that the chart of a dark page can be read, too.
function svgOf(root) {
  const drawn = document.querySelector(`.st-key-${CSS.escape(root.picture.container)} svg.marks`);
  const copy = drawn.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", drawn.clientWidth);
  copy.setAttribute("height", drawn.clientHeight);
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  background.setAttribute("width", "100%");
  background.setAttribute("height", "100%");
  background.setAttribute("fill", getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "white");
  copy.prepend(background);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

async function savePng(root) {
  const name = root.picture.name;
  const url = URL.createObjectURL(svgOf(root));
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * PNG_SCALE;
  canvas.height = image.height * PNG_SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  canvas.toBlob((content) => saveAs(content, ".png", name));
}

function saveAs(content, suffix, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name + suffix;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
