"use client";

import { Check, Copy, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Button } from "@/components/ui/button";

/**
 * Copies text. Browsers hide the clipboard from pages that came over plain HTTP from another machine, which a self-hosted
 * server often is; there a selection is copied instead. It must stay inside the focus trap of a dialog, hence `near`.
 */
async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by permission or policy: the selection may still do.
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed top-0 left-0 size-px opacity-0";
  near.after(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  near.focus();
  return copied;
}

export interface CopyButtonProps {
  /** The text, or what makes it when it is copied. */
  value: string | (() => string);
  /** What is copied, as in "Copy the request id". */
  label: string;
  /** Shows the label beside the icon. */
  text?: boolean;
  className?: string;
}

const results = { copied: "Copied", failed: "Could not copy. Select the text and copy it by hand." };

export function CopyButton({ value, label, text = false, className }: CopyButtonProps) {
  const [result, setResult] = useState<keyof typeof results | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), 2000);
    return () => clearTimeout(timer);
  }, [result]);

  const copy = async () => {
    if (button.current) setResult((await copyText(typeof value === "string" ? value : value(), button.current)) ? "copied" : "failed");
  };
  const Icon = result === "copied" ? Check : result === "failed" ? X : Copy;
  const icon = <Icon aria-hidden className={result === "copied" ? "size-4 text-success" : result === "failed" ? "size-4 text-failure" : "size-4"} />;
  return (
    <>
      {text ? (
        <Button ref={button} variant="secondary" icon={icon} onClick={copy} className={className}>
          {label}
        </Button>
      ) : (
        <Button ref={button} variant="ghost" size="icon-sm" aria-label={label} title={label} icon={icon} onClick={copy} className={className} />
      )}
      <span role="status" className="sr-only">
        {result && results[result]}
      </span>
    </>
  );
}
