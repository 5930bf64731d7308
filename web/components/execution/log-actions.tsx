import { Download, WrapText } from "lucide-react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { downloadText } from "@/lib/download";

interface Props {
  wrap: boolean;
  onWrapChange: (wrap: boolean) => void;
  /** What is saved and copied. */
  text: () => string;
  /** What that is called: the log. */
  what: string;
  fileName: string;
}

/** What can be done with the lines of a log as they are shown. */
export function LogActions({ wrap, onWrapChange, text, what, fileName }: Props) {
  return (
    <>
      <Button
        size="icon-sm"
        variant="ghost"
        aria-label="Wrap long lines"
        title="Wrap long lines"
        aria-pressed={wrap}
        onClick={() => onWrapChange(!wrap)}
        className="aria-pressed:bg-selected"
        icon={<WrapText aria-hidden className="size-4" />}
      />
      <Button size="icon-sm" variant="ghost" aria-label={`Download ${what}`} title={`Download ${what}`} onClick={() => downloadText(text(), fileName)} icon={<Download aria-hidden className="size-4" />} />
      <CopyButton value={text} label={`Copy ${what}`} />
    </>
  );
}
