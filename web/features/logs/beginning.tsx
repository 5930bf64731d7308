import { Button } from "@/components/ui/button";
import type { useLogFeed } from "@/lib/data/logs";
import { formatAbsolute } from "@/lib/format";

/** Above the oldest line: how to see what is before it, or that there is nothing. */
export function Beginning({ feed }: { feed: ReturnType<typeof useLogFeed> }) {
  const { hasOlder, trimmed, isLoading, isLoadingOlder, searchedUntil, loadOlder } = feed;
  if (isLoading) return null;
  return (
    <div className="flex min-h-9 flex-wrap items-center justify-center gap-x-3 px-3 py-1 text-xs text-ink-3">
      {trimmed ? (
        <span>Older lines left this view so that it stays quick. Choose a time range to see them.</span>
      ) : hasOlder ? (
        <>
          <Button size="sm" variant="ghost" pending={isLoadingOlder} onClick={loadOlder}>
            Load older
          </Button>
          {searchedUntil !== null && <span>Looked back to {formatAbsolute(searchedUntil)}</span>}
        </>
      ) : (
        <span>There is nothing older.</span>
      )}
    </div>
  );
}
