// Needs ./requests.js beside it.
//
// What a component has on the page, elements, and keys that a slider gives back to the page.
const views = new WeakMap(); // by the place that Streamlit gives a component

// Returns the view in this place, created when its first message comes, and the clean-up for Streamlit.
export function viewIn(parentElement, create) {
  if (!views.has(parentElement)) {
    views.set(parentElement, create());
    noteArrival();
  }
  const view = views.get(parentElement);
  const cleanUp = () => {
    if (parentElement.isConnected) return; // Streamlit also cleans up when a newer message replaces this one
    view.close();
    views.delete(parentElement);
  };
  return [view, cleanUp];
}

export function createElement(tag, className = "", text = "") {
  const created = document.createElement(tag);
  created.className = className;
  created.textContent = text;
  return created;
}

// Returns a place for what screen readers read aloud, a sentence at a time.
export function createSpoken() {
  const spoken = createElement("div", "spoken");
  spoken.setAttribute("aria-live", "polite");
  return spoken;
}

// Has screen readers read aloud what changes in a container of the page, by its key.
export function readAloud(key) {
  document.querySelector(`.st-key-${key}`)?.setAttribute("aria-live", "polite");
}

// A range ignores letters, but Streamlit takes any key in an input for typing: forward them, so that the
// shortcut S stops the writing also after a slider was moved.
export function forwardKey(event) {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  }
}
