"use client";

import { ThemeProvider } from "next-themes";
import { useEffect, type ReactNode } from "react";
import { SWRConfig } from "swr";

import { Toaster } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/problem";
import { restoreSession } from "@/lib/session";

const swr = {
  // What a person can mend is shown at once; what may pass by itself is tried again by SWR's growing waits.
  shouldRetryOnError: (error: unknown) => error instanceof ApiError && error.temporary,
  errorRetryInterval: 3000,
  keepPreviousData: false,
};

export function Providers({ children }: { children: ReactNode }) {
  useEffect(() => {
    restoreSession().catch(() => undefined); // what needs to know who is signed in says that the server is away
  }, []);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange storageKey="voltrun.theme">
      <SWRConfig value={swr}>{children}</SWRConfig>
      <Toaster />
    </ThemeProvider>
  );
}
