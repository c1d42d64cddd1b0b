// A text of characters, of which one can be selected.

// Returns the place of the character under a pointer, or null: `place` of an element is that of its first one.
export function placeAt({ target, clientX, clientY }) {
  if (target.place === undefined) return null;
  const characters = Array.from(target.textContent);
  const range = document.createRange();
  for (let at = 0, unit = 0; at < characters.length; unit += characters[at].length, at += 1) {
    range.setStart(target.firstChild, unit);
    range.setEnd(target.firstChild, unit + characters[at].length);
    for (const { left, right, top: above, bottom } of range.getClientRects()) {
      if (clientX >= left && clientX < right && clientY >= above && clientY < bottom) return target.place + at;
    }
  }
  return target.place + characters.length - 1;
}

// Returns the place that a key selects in a text of which so many characters are shown: null for none, undefined where
// the key does not select.
export function placeByKey(event, selected, shown) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (event.key === "Escape") return null;
  if (!shown || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.preventDefault();
  return Math.min(Math.max((selected ?? shown) + steps[event.key], 0), shown - 1);
}
