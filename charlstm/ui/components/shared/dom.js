// Elements, and keys that a slider gives back to the page.

export function createElement(tag, className = "", text = "") {
  const created = document.createElement(tag);
  created.className = className;
  created.textContent = text;
  return created;
}

// A range ignores letters, but Streamlit takes any key in an input for typing: forward them, so that the
// shortcut S stops the writing also after a slider was moved.
export function forwardKey(event) {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  }
}
