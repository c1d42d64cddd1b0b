// What a chart hears in the browser, without the server: see charlstm/ui/charts/next_character.
//
// A chart that is drawn later, or anew, hears it again as soon as it is there.
const heard = (globalThis.charlstmHeard ??= { choice: null, temperature: null, chart: null, observer: null });

export function showChoice(choice) {
  heard.choice = choice;
  dispatch("charlstm-choice", choice);
}

export function showTemperature(temperature) {
  heard.temperature = temperature;
  dispatch("charlstm-temperature", temperature);
}

function dispatch(name, detail) {
  watchForCharts();
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

function watchForCharts() {
  heard.observer ??= new MutationObserver(() => {
    const chart = document.querySelector('[class*="st-key-next_character"] svg.marks');
    if (!chart || chart === heard.chart) return;
    heard.chart = chart;
    dispatch("charlstm-temperature", heard.temperature);
    dispatch("charlstm-choice", heard.choice);
  });
  heard.observer.observe(document.body, { subtree: true, childList: true });
}
