// What a chart hears in the browser, without the server: see charlstm/ui/charts/next_character.
//
// A chart that is drawn later, or anew, hears it again as soon as it is there.
const heard = (globalThis.charlstmHeard ??= { details: {}, chart: null, observer: null });

export function showChoice(choice) {
  tell(choice.columns ? "charlstm-columns" : "charlstm-choice", choice);
}

export function showTemperature(temperature) {
  tell("charlstm-temperature", temperature);
}

export function showTemperatures(temperatures) {
  tell("charlstm-temperatures", temperatures);
}

function tell(name, detail) {
  document.getElementById("vg-tooltip-element")?.classList.remove("visible"); // its numbers are those of before
  heard.details[name] = detail;
  watchForCharts();
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

function watchForCharts() {
  heard.observer ??= new MutationObserver(() => {
    const chart = document.querySelector('[class*="st-key-next_character"] svg.marks');
    if (!chart || chart === heard.chart) return;
    heard.chart = chart;
    for (const [name, detail] of Object.entries(heard.details)) window.dispatchEvent(new CustomEvent(name, { detail }));
  });
  heard.observer.observe(document.body, { subtree: true, childList: true });
}
