/** What floats above the page: menus, lists, popovers, tooltips. */
export const floating =
  "rounded-md border border-hairline-strong bg-surface text-sm text-ink shadow-pop outline-none transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0";

/** A row of a floating list. The list moves focus itself and marks the row with data-highlighted. */
export const floatingItem =
  "flex min-h-7 cursor-default items-center gap-2 rounded-sm px-2 py-1 outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50 pointer-coarse:min-h-10";
