import type { BudgetPeriod } from "@patchbay/protocol";

/** When the period began in which `at` is, of UTC; a total began with the time that computers count. */
export const startOf = (period: BudgetPeriod, at: Date): Date => {
  const start = new Date(at);
  switch (period) {
    case "minute":
      start.setUTCSeconds(0, 0);
      return start;
    case "hour":
      start.setUTCMinutes(0, 0, 0);
      return start;
    case "day":
      start.setUTCHours(0, 0, 0, 0);
      return start;
    case "month":
      start.setUTCDate(1);
      start.setUTCHours(0, 0, 0, 0);
      return start;
    case "total":
      return new Date(0);
    default:
      return period satisfies never;
  }
};

/** When the next period begins; null for a total. */
export const endOf = (period: BudgetPeriod, at: Date): Date | null => {
  const end = startOf(period, at);
  switch (period) {
    case "minute":
      end.setUTCMinutes(end.getUTCMinutes() + 1);
      return end;
    case "hour":
      end.setUTCHours(end.getUTCHours() + 1);
      return end;
    case "day":
      end.setUTCDate(end.getUTCDate() + 1);
      return end;
    case "month":
      end.setUTCMonth(end.getUTCMonth() + 1);
      return end;
    case "total":
      return null;
    default:
      return period satisfies never;
  }
};
