import { ArrowRight } from "lucide-react";
import { Link } from "@/components/ui/link";

import { templateOf } from "./create/templates";

const starters = ["blank", "webhook", "json-transform"].map(templateOf);

/** What somebody without functions sees: three ways to have one in a minute. */
export function Starters() {
  return (
    <section aria-labelledby="starters" className="max-w-3xl py-10">
      <h2 id="starters" className="text-lg font-medium">
        No functions yet
      </h2>
      <p className="pt-1 text-sm text-ink-3">Start from something that runs. You can change everything afterwards.</p>
      <ul className="mt-5 divide-y border-y">
        {starters.map(({ id, title, description }) => (
          <li key={id}>
            <Link href={`/functions/new?template=${id}`} className="group flex items-center gap-4 py-3 hover:bg-hover sm:px-3">
              <span className="min-w-0 grow">
                <span className="block font-medium">{title}</span>
                <span className="block text-sm text-ink-3">{description}</span>
              </span>
              <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-3 group-hover:text-ink" />
            </Link>
          </li>
        ))}
      </ul>
      <p className="pt-4 text-sm text-ink-3">
        Or deploy a folder: <code className="text-ink-2">bin/volt init hello && cd hello && ../bin/volt deploy</code>
      </p>
    </section>
  );
}
