"use client";

import { Link } from "@/components/ui/link";
import { useSearchParams } from "next/navigation";
import { Suspense } from "react";

interface Props {
  question: string;
  href: string;
  label: string;
}

const look = "font-medium text-ink underline decoration-hairline-strong underline-offset-4 hover:decoration-ink";

/** Leads from signing in to signing up and back, keeping where the visitor wanted to go. */
export function OtherWayIn({ question, href, label }: Props) {
  const plain = (
    <Link href={href} className={look}>
      {label}
    </Link>
  );
  return (
    <p className="border-t pt-4 text-sm text-ink-3">
      {question} <Suspense fallback={plain}>{<KeepingNext href={href} label={label} />}</Suspense>
    </p>
  );
}

function KeepingNext({ href, label }: Omit<Props, "question">) {
  const next = useSearchParams().get("next");
  return (
    <Link href={next === null ? href : `${href}?next=${encodeURIComponent(next)}`} className={look}>
      {label}
    </Link>
  );
}
