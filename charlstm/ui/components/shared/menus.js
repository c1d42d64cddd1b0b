// The server answers whether a menu is open, too: an answer that comes late would open one that the viewer has closed
// since, and it would stay so. Only a viewer opens a menu.
const OPENER = '[data-testid="stPopoverButton"]';

export class MenuKeeper {
  pressed = new Set(); // the buttons that the viewer has pressed, until their menus close

  constructor() {
    addEventListener("click", (event) => this.onClick(event), true);
    new MutationObserver((changes) => changes.forEach(({ target }) => this.onChange(target))).observe(document.body, {
      subtree: true, attributes: true, attributeFilter: ["aria-expanded"],
    });
  }

  onClick({ isTrusted, target }) {
    const opener = target.closest?.(OPENER);
    if (isTrusted && opener) this.pressed.add(opener);
  }

  onChange(element) {
    if (!element.matches(OPENER)) return;
    if (element.getAttribute("aria-expanded") !== "true") this.pressed.delete(element);
    else if (!this.pressed.has(element)) element.click();
  }
}
