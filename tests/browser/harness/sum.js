// Ends a run: the count of tests in the form of cargo's, so that `script/test` adds it to the others, and the tables.
import { writeTables } from './tables.js';

export default class Sum {
  passed = 0;
  failed = 0;

  onTestEnd(test, result) {
    if (result.status === 'skipped') return;
    if (result.status === test.expectedStatus) this.passed += 1;
    else this.failed += 1;
  }

  onEnd({ status }) {
    // A service that does not start fails every test, though none has run.
    if (status !== 'passed' && this.failed === 0) this.failed = 1;
    writeTables();
    const verdict = this.failed === 0 ? 'ok' : 'FAILED';
    console.log(`test result: ${verdict}. ${this.passed} passed; ${this.failed} failed; in a browser`);
  }

  printsToStdio() {
    return true;
  }
}
