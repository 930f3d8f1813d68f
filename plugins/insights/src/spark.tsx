import type { ReactNode } from "react";

/** A line without axes, for a cell of a table. What it shows stands beside it in numbers. */
export const Spark = ({ values }: { readonly values: readonly number[] }): ReactNode => {
  const top = Math.max(1, ...values);
  const points = values.map((value, index) => `${index},${22 - (value / top) * 20}`).join(" ");
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${values.length - 1} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points} />
    </svg>
  );
};
