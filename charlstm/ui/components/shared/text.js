// Needs ./dom.js beside it.
//
// A text of characters, of which one can be selected. What is shown as one, a letter with its marks or an emoji of
// several characters (a grapheme cluster), is in one element; each of its characters has a place of its own.
const segmenter = globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });
const LAST_ALONE = "\u02ff"; // up to this one, no character is shown as one with the character before it
const FOLLOWER = /^(?:\p{M}|\p{Join_Control}|\p{Emoji_Modifier})$/u; // where there is no segmenter
const LONGEST_CLUSTER = 40; // characters, of which a text of marks alone would have any number

// Returns whether a character is shown as one with a cluster that stands before it.
export function joins(cluster, character) {
  if (!cluster || character <= LAST_ALONE || cluster.length >= LONGEST_CLUSTER) return false;
  if (!segmenter) return FOLLOWER.test(character) || cluster.endsWith("\u200d");
  const [{ segment }] = segmenter.segment(cluster + character);
  return segment.length > cluster.length;
}

// Gives a text that grows the direction of its first letter. As long as it has none, the browser is not told to find it,
// since it would search the whole text at each character.
export function directBy(text, region) {
  if (region.dir !== "auto") region.dir = /\p{L}/u.test(text) ? "auto" : "ltr";
}

// Returns the end of the cluster that begins at a place, at most `end`.
export function clusterEnd(characters, place, end = characters.length) {
  let last = place + 1;
  for (let cluster = characters[place]; last < end && joins(cluster, characters[last]); last += 1) cluster += characters[last];
  return last;
}

// Returns the beginning and the end of the cluster that a place is in.
export function clusterAt(characters, place) {
  let begin = Math.max(0, place - LONGEST_CLUSTER);
  let end = clusterEnd(characters, begin);
  while (end <= place) [begin, end] = [end, clusterEnd(characters, end)];
  return [begin, end];
}

// Adds a character to a text: to its last span, or in a span of its own, which it returns. `spans` has the span of each
// place; where `apart` is set, the character is not shown as one with what is before it.
export function addCharacter(spans, character, style, apart = false) {
  const last = spans.at(-1);
  const joined = Boolean(last) && !apart && joins(last.textContent, character);
  if (joined) {
    last.firstChild.appendData(character);
    if (style) last.classList.add(style);
  }
  const span = joined ? last : createElement("span", style, character);
  spans.push(span);
  return joined ? null : span;
}

// Takes from the end of a seed text what is shown as one with the first character of the text that follows, if anything.
export function takeEnd(seed, character) {
  if (character <= LAST_ALONE) return "";
  const characters = Array.from(seed.textContent.slice(-2 * LONGEST_CLUSTER));
  const end = characters.length ? characters.slice(clusterAt(characters, characters.length - 1)[0]).join("") : "";
  if (!joins(end, character)) return "";
  seed.textContent = seed.textContent.slice(0, -end.length);
  return end;
}

// Returns the place of the last character of the cluster under a pointer, or null: `place` of an element is that of its
// first character.
export function placeAt({ target, clientX, clientY }) {
  if (target.place === undefined) return null;
  const range = document.createRange();
  const characters = Array.from(target.textContent);
  for (let at = 0, unit = 0; at < characters.length; ) {
    const next = clusterEnd(characters, at);
    range.setStart(target.firstChild, unit);
    unit += characters.slice(at, next).join("").length;
    range.setEnd(target.firstChild, unit);
    for (const { left, right, top: above, bottom } of range.getClientRects()) {
      if (clientX >= left && clientX < right && clientY >= above && clientY < bottom) return target.place + next - 1;
    }
    at = next;
  }
  return target.place + characters.length - 1;
}

// Returns the place that a key selects in a text of which so many characters are shown: null for none, undefined where
// the key does not select. The left arrow leads on in a text that is written from right to left.
export function placeByKey(event, selected, shown) {
  const text = event.currentTarget.querySelector(".selected") ?? event.currentTarget;
  const left = getComputedStyle(text).direction === "rtl" ? 1 : -1;
  const steps = { ArrowLeft: left, ArrowRight: -left, Home: -Infinity, End: Infinity };
  if (event.key === "Escape") return null;
  if (!shown || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.preventDefault();
  return Math.min(Math.max((selected ?? shown) + steps[event.key], 0), shown - 1);
}
