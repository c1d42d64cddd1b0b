// Writes values into the page's address, without a run of the script and without a step in the
// browser's history. Browsers allow only so many changes in a time, so it waits until they rest.
const WAIT = 300; // milliseconds
let waiting = null; // { path, values } of the page that is shown
let timer = null;
const newest = new WeakMap(); // the number of the last message for each component

export default function ({ data, parentElement }) {
  if (data.number < newest.get(parentElement)) return; // it came too late
  newest.set(parentElement, data.number);
  const path = location.pathname;
  waiting = { path, values: { ...(waiting?.path === path ? waiting.values : {}), ...data.values } };
  clearTimeout(timer);
  timer = setTimeout(write, WAIT);
}

function write() {
  const { path, values } = waiting;
  waiting = null;
  if (path !== location.pathname) return; // another page by now
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const search = String(query) ? `?${query}` : "";
  if (search === location.search) return;
  history.replaceState(history.state, "", location.pathname + search + location.hash);
  // Where a host shows the app in a frame, the address bar is the host's: Streamlit's own message to it.
  if (window.parent !== window) {
    window.parent.postMessage({ stCommVersion: 1, type: "SET_QUERY_PARAM", queryParams: search }, "*");
  }
}
