import assert from "node:assert/strict";
import { test } from "node:test";
import { isoDay, readDate, serialOf } from "../../scoring/browser/lib/dates.js";
import { sumOf } from "../../scoring/browser/lib/rounding.js";
import { changeText } from "../../scoring/browser/lib/shown.js";
import { filled } from "../../scoring/browser/lib/words.js";

test("a name without a value stays visible", () => {
  assert.equal(filled("{item}: {value}", { value: "3" }), "{item}: 3");
});

test("a missing figure makes a sum missing", () => {
  assert.equal(sumOf([1, 2.5]), 3.5);
  assert.equal(sumOf([1, NaN]), NaN);
});

test("a change has its sign, and none where it rounds to nothing", () => {
  assert.deepEqual([0.25, -1, 0.001].map((change) => changeText(change, "vi", 2)), ["+0,25", "−1,00", "0,00"]);
});

test("a day goes to a file and comes back", () => {
  const { value } = readDate("ngày 5 tháng 3 năm 2026");
  assert.equal(isoDay(value), "2026-03-05");
  assert.equal(serialOf(new Date(2026, 2, 5, 23, 59)), value);
});
