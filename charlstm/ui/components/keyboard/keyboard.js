// Needs ../shared/menus.js before it.
//
// It shows nothing: it keeps the focus of the keyboard on the page, and remembers in the browser whether single
// letters press buttons.
const REMEMBERED = "charlstm-letters";
const PHONE = 640; // pixels of width, at most
const INTERVAL = 80; // milliseconds between two looks at whether the focus is lost
const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex="0"]';

export default function ({ data, setTriggerValue }) {
  globalThis.charlstmFocus ??= new FocusKeeper();
  globalThis.charlstmMenus ??= new MenuKeeper();
  globalThis.charlstmSeedField ??= new SeedField();
  globalThis.charlstmPagesMenu ??= addEventListener("click", closePagesMenu) ?? true;
  try {
    if (data.letters !== null) localStorage.setItem(REMEMBERED, data.letters ? "on" : "off");
    else if (localStorage.getItem(REMEMBERED) === "off") setTriggerValue("letters_off", true);
  } catch {
    // a browser may refuse to remember anything
  }
}

// The seed text's field looks like one line: Enter applies what was typed, as Control and Enter do, and Shift and Enter
// begin a new line. Left, it shows its beginning.
class SeedField {
  constructor() {
    addEventListener("keydown", (event) => this.onKeyDown(event), true);
    addEventListener("focusout", ({ target }) => {
      if (isSeedField(target)) target.scrollTop = target.scrollLeft = 0;
    });
  }

  onKeyDown(event) {
    const plain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (!plain || !isSeedField(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true }));
  }
}

function isSeedField(element) {
  return Boolean(element.matches?.(".st-key-seed_field textarea, .st-key-compare_seed_field textarea"));
}

// On a phone, the menu of the pages covers the page that was chosen in it.
function closePagesMenu(event) {
  if (innerWidth > PHONE || !event.target.closest?.('[data-testid="stSidebarNavLink"]')) return;
  setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click());
}

// A button that is pressed may be disabled, hidden or replaced by that: then its neighbour gets the focus, which the
// browser would drop. Only what the keyboard has focused is kept, so that a mouse's next key does not press a button.
class FocusKeeper {
  kept = null; // the focused element, and its place in each of the containers around it

  constructor() {
    addEventListener("focusin", () => this.keep());
    addEventListener("focusout", (event) => {
      const [element] = event.composedPath();
      setTimeout(() => this.forget(element));
    });
    setInterval(() => this.restore(), INTERVAL);
  }

  keep() {
    const element = focused();
    if (element === document.body || !element.matches(":focus-visible")) return;
    const containers = containersOf(element);
    this.kept = { element, places: containers.map((one) => [one, candidatesIn(one).indexOf(element)]) };
  }

  // The viewer has moved the focus away.
  forget(element) {
    if (this.kept?.element === element && focused() === document.body && isUsable(element)) this.kept = null;
  }

  restore() {
    if (!this.kept || focused() !== document.body || isUsable(this.kept.element)) return;
    for (const [container, place] of this.kept.places) {
      const neighbour = container.isConnected && nearest(candidatesIn(container), place);
      if (neighbour) return neighbour.focus({ preventScroll: true });
    }
  }
}

function focused() {
  let element = document.activeElement ?? document.body;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

// What Streamlit has given a key, and the root of a component, from the inside out.
function containersOf(element) {
  const containers = [];
  for (let node = element; node; node = node.parentNode ?? node.host) {
    if (node instanceof ShadowRoot || node.matches?.('[class*="st-key-"], [role="dialog"], main')) containers.push(node);
  }
  return containers;
}

// A popover takes its elements out of the order of the Tab key while they do not have the focus, and notes their places.
function candidatesIn(container) {
  return [...container.querySelectorAll(FOCUSABLE)].filter((one) => one.tabIndex >= 0 || "tabindex" in one.dataset);
}

// Returns the usable element that is next to a place: there or after it, else before it.
function nearest(candidates, place) {
  const at = Math.min(Math.max(place, 0), candidates.length);
  return candidates.slice(at).find(isUsable) ?? candidates.slice(0, at).findLast(isUsable);
}

function isUsable(element) {
  return element.isConnected && !element.disabled && element.checkVisibility({ visibilityProperty: true });
}
