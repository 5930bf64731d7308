import { Link } from "@/components/ui/link";

import { CopyWhenPossible } from "./copy-when-possible";

const commands = ["bin/volt register", "bin/volt init hello", "cd hello && ../bin/volt deploy", "../bin/volt invoke hello --input '{\"name\": \"Ada\"}'"];

export function SiteFooter() {
  return (
    <footer className="border-t">
      <div className="grid grid-cols-1 gap-8 px-4 py-10 md:px-8 lg:grid-cols-2">
        <div>
          <h2 className="text-2xl font-semibold tracking-tight">From the terminal</h2>
          <p className="max-w-md pt-1 text-base text-ink-2">The same without the dashboard: an account, a function, its first version, its first call.</p>
        </div>
        <div className="relative min-w-0 rounded-md border bg-sunken">
          <pre tabIndex={0} aria-label="Commands for a first function" className="overflow-x-auto py-3 pr-12 pl-4 text-sm leading-6">
            {commands.map((command) => (
              <div key={command}>
                <span aria-hidden="true" className="text-ink-3 select-none">
                  ${" "}
                </span>
                {command}
              </div>
            ))}
          </pre>
          <CopyWhenPossible value={commands.join("\n")} label="Copy the commands" className="absolute top-2 right-2 bg-sunken" />
        </div>
      </div>
      <nav aria-label="More" className="flex flex-wrap gap-x-6 border-t px-4 py-2 text-sm text-ink-3 md:px-8 [&_a]:inline-flex [&_a]:h-10 [&_a]:items-center [&_a:hover]:text-ink">
        <a href="/api/docs">API reference</a>
        <a href="/api/openapi.json">OpenAPI document</a>
        <Link href="/login">Sign in</Link>
        <Link href="/register">Create account</Link>
      </nav>
    </footer>
  );
}
