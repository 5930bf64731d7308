import { cn } from "@/lib/cn";

import { passwordStrength } from "@/lib/password";

const fills = ["", "bg-failure", "bg-warning", "bg-success", "bg-success"];

/** A bar of four parts with the same in words; the words are what a Field binds to its control. */
export function StrengthHint({ password }: { password: string }) {
  const { level, text } = passwordStrength(password);
  return (
    <span className="flex flex-col gap-1.5 pt-0.5">
      <span aria-hidden="true" className="grid grid-cols-4 gap-1">
        {[1, 2, 3, 4].map((part) => (
          <span key={part} className={cn("h-1 rounded-full bg-selected transition-colors", part <= level && fills[level])} />
        ))}
      </span>
      <span>{text}</span>
    </span>
  );
}
