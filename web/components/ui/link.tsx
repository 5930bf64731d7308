"use client";

import NextLink from "next/link";
import { useState, type ComponentProps } from "react";

export type LinkProps = Omit<ComponentProps<typeof NextLink>, "prefetch"> & {
  /** False in rows that a pointer passes on its way elsewhere: then nothing is fetched ahead. */
  prefetch?: false;
};

/**
 * A link within the dashboard. What is behind it is fetched once somebody is about to follow it, by pointing at it, touching or
 * focusing it: fetching for every link in sight would load many times what a list itself needs.
 */
export function Link({ prefetch, onMouseEnter, onTouchStart, onFocus, ...props }: LinkProps) {
  const [intended, setIntended] = useState(false);
  return (
    <NextLink
      {...props}
      prefetch={intended && prefetch !== false ? "auto" : false}
      onMouseEnter={(event) => {
        setIntended(true);
        onMouseEnter?.(event);
      }}
      onTouchStart={(event) => {
        setIntended(true);
        onTouchStart?.(event);
      }}
      onFocus={(event) => {
        setIntended(true);
        onFocus?.(event);
      }}
    />
  );
}
