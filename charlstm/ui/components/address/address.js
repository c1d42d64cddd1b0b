// Writes values into the page's address, without a rerun of the script and without a step in the
// browser's history. Browsers limit the rate of such changes, so it waits until they pause.
const PAUSE = 300; // milliseconds
let pending = null; // { path, values } of the page that is shown
let timer = null;
let session = null; // the server's, to which the page belongs
let kept = null; // what of the page its address cannot say, for a server that knows nothing of it
const lastIds = new WeakMap(); // of the last message to each component

export default function ({ data, parentElement, setTriggerValue }) {
  const other = session !== null && session !== data.session;
  session = data.session;
  if (other) {
    // The server knows nothing of this page: it was started again, or another one has taken over. Streamlit has told it
    // the address with which the page was opened, not the one it has come to.
    setTriggerValue("reopened", { search: location.search, kept });
    return;
  }
  if (data.kept !== undefined) kept = data.kept;
  if (data.message_id < lastIds.get(parentElement)) return; // older than the last one
  lastIds.set(parentElement, data.message_id);
  const path = location.pathname;
  pending = { path, values: { ...(pending?.path === path ? pending.values : {}), ...data.values } };
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
}

function write() {
  const { path, values } = pending;
  pending = null;
  if (path !== location.pathname) return; // another page is shown now
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const search = String(query) ? `?${query}` : "";
  if (search === location.search) return;
  history.replaceState(history.state, "", location.pathname + search + location.hash);
  window.dispatchEvent(new Event("charlstm-address")); // for the QR code
  // In a frame the address bar is the host's: send it the message that Streamlit itself would send.
  if (window.parent !== window) {
    window.parent.postMessage({ stCommVersion: 1, type: "SET_QUERY_PARAM", queryParams: search }, "*");
  }
}
