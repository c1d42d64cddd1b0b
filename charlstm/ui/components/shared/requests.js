// What a page's components ask of the server. One request is answered before the next is made, so that no answer
// cuts off another, however slow the server is: the page then goes on evenly slower.
//
// The components of a page are modules of their own; they share what is on `globalThis.charlstmRequests`.
export const RETRY = 40; // milliseconds until it is tried again where an answer is being waited for
const ANSWER_LIMIT = 8000; // milliseconds after which an answer is taken for lost
const shared = (globalThis.charlstmRequests ??= watchNavigation({
  asked: null, last: -Infinity, roundTrip: 0, texts: 0, left: null,
}));

// A request that comes after another page was chosen, and before the server knows of that page, would be one of the
// page before: the server would go back to that, and the browser would show nothing. A slider reports when it loses the
// focus, so a page is being left from the moment in which the button of the mouse goes down.
function watchNavigation(requests) {
  const leave = () => {
    requests.left = { path: location.pathname, at: performance.now() };
  };
  const onPress = (event) => {
    const link = event.target.closest?.('a[data-testid$="NavLink"]');
    const elsewhere = link && link.pathname !== location.pathname && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (elsewhere) leave();
    else requests.left = null;
  };
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("click", onPress, true);
  window.addEventListener("popstate", leave);
  return requests;
}

// Returns whether another page was chosen, which has not come yet.
export function isLeaving() {
  const { left } = shared;
  return left !== null && left.path === location.pathname && performance.now() - left.at < ANSWER_LIMIT;
}

// Notes that a view is there which was not there before.
export function noteArrival() {
  shared.left = null;
}

// Returns whether an answer is being waited for.
export function isWaiting() {
  return isLeaving() || isAsked();
}

function isAsked() {
  return shared.asked !== null && performance.now() - shared.asked < ANSWER_LIMIT;
}

// Notes that a request is made, which the next message answers.
export function noteRequest() {
  shared.asked = shared.last = performance.now();
}

// Notes that a message has come.
export function noteAnswer() {
  if (shared.asked !== null) shared.roundTrip = 0.5 * shared.roundTrip + 0.5 * (performance.now() - shared.asked);
  shared.asked = null;
}

export function lastRequest() {
  return shared.last;
}

// Returns how long an answer takes, in milliseconds, as far as it is known.
export function roundTrip() {
  return shared.roundTrip;
}

// A text that grows answers last of all components of its page; it says when it comes and goes.
export function countText(change) {
  shared.texts += change;
}

export function textAnswers() {
  return shared.texts > 0;
}
