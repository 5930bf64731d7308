import { describe, expect, it } from "vitest";

import { durationMark, stepName, timeMark } from "./axis";
import { hasValues, isolated, stacked, type ChartSeries } from "./series";

const series = (...values: (number | null)[]): ChartSeries => ({ label: "x", color: "chart-1", values });

describe("stacked", () => {
  it("adds each series to those below it", () => {
    expect(stacked([series(1, 0, null), series(2, 3, 4)], 3)).toEqual([
      [1, 0, 0],
      [3, 3, 4],
    ]);
  });

  it("takes missing values for nothing", () => {
    expect(stacked([series(1), series()], 2)).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});

describe("isolated", () => {
  it("finds values without neighbours, at the ends too", () => {
    expect(isolated([1, null, 2, 3, null, 4, null, null, 5])).toEqual([0, 5, 8]);
    expect(isolated([])).toEqual([]);
    expect(isolated([null, null])).toEqual([]);
  });
});

describe("hasValues", () => {
  it("is false where nothing ran", () => {
    expect(hasValues([series(0, 0), series(null)])).toBe(false);
    expect(hasValues([series(0, 0), series(null, 0.2)])).toBe(true);
  });
});

describe("marks of axes", () => {
  it("are as short as the unit allows", () => {
    expect([0, 0.25, 20, 1500, 90_000].map(durationMark)).toEqual(["0", "250 µs", "20 ms", "1.5 s", "1.5 min"]);
  });

  it("name the day at midnight", () => {
    const midnight = new Date(2026, 10, 24).getTime();
    expect(timeMark(midnight / 1000, 3600)).toBe("24 Nov");
    expect(timeMark(midnight / 1000 + 3600, 3600)).toBe("01:00");
    expect(timeMark(midnight / 1000 + 3600, 86_400)).toBe("24 Nov");
  });

  it("name a step by its ends", () => {
    const start = new Date(2026, 10, 24, 14, 15).getTime();
    expect(stepName(start, 15 * 60_000)).toBe("24 Nov, 14:15–14:30");
    expect(stepName(new Date(2026, 10, 24).getTime(), 86_400_000)).toBe("24 Nov");
  });
});
