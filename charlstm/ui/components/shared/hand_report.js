// Needs ./requests.js before it.
//
// What a hand sets on a slider, reported when it rests; while a text is being written, at most every WRITING_PAUSE.
const REST = 180; // milliseconds
const WRITING_PAUSE = 240;
const LOST = 3000; // until a report is repeated that the server has not heard

export class HandReport {
  writing = false;
  timer = null;
  sentAt = 0;
  repeatTimer = null;
  heard = null; // what the server last said that it has, where it says so

  // `read` returns what is set, and `report` hands it to the page.
  constructor(read, report) {
    this.read = read;
    this.report = report;
    this.sent = JSON.stringify(read());
  }

  changed() {
    if (!this.writing) this.wait(REST);
    else if (!this.timer) this.wait(Math.max(0, WRITING_PAUSE - (performance.now() - this.sentAt)));
  }

  wait(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // Reports at once, unless that would cut off an answer, or there is nothing new.
  send() {
    clearTimeout(this.timer);
    this.timer = null;
    const set = this.read();
    if (JSON.stringify(set) === this.sent) return;
    if (isWaiting()) {
      this.wait(RETRY);
      return;
    }
    this.sentAt = performance.now();
    this.sent = JSON.stringify(set);
    noteRequest();
    this.report(set);
    clearTimeout(this.repeatTimer);
    this.repeatTimer = setTimeout(() => this.repeat(), LOST);
  }

  // The server may not have heard: then it has another value than the viewer sees.
  repeat() {
    if (this.heard === null || this.heard === this.sent || this.timer) return;
    this.sent = this.heard;
    this.send();
  }

  hear(value) {
    this.heard = JSON.stringify(value);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.repeatTimer);
  }
}
