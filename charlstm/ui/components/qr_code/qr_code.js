// Reports the address of the page, now and when it changes, and draws the code that it is sent for it.
export default function ({ data, parentElement, setStateValue }) {
  const report = () => {
    if (location.href !== data.link) setStateValue("link", location.href);
  };
  report();
  draw(parentElement.querySelector("svg"), data);
  parentElement.querySelector("p").textContent = data.text;
  window.addEventListener("charlstm-address", report);
  return () => window.removeEventListener("charlstm-address", report);
}

function draw(picture, { link, path, size, label }) {
  picture.style.display = link && !path ? "none" : ""; // it keeps its place until its code comes
  if (!path) return;
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("shape-rendering", "crispEdges");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  picture.firstElementChild.setAttribute("d", path);
}
