"use client";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/time";

import { useWorkspaceView, type Editing } from "./use-workspace";

/** Offers what was not saved at an earlier visit, and warns when nothing can be kept. */
export function DraftBanner({ editing: { workspace, offered, restore, discard, draftProblem } }: { editing: Editing }) {
  const { version } = useWorkspaceView(workspace);
  if (!offered) return draftProblem && <Banner tone="warning" title="Unsaved changes are not kept" className="rounded-none border-b">{draftProblem}</Banner>;
  return (
    <Banner
      title={
        <>
          You have unsaved changes from <RelativeTime time={offered.at} />
        </>
      }
      className="rounded-none border-b"
      action={
        <div className="flex gap-2">
          <Button size="sm" variant="ghost" onClick={discard}>
            Discard
          </Button>
          <Button size="sm" onClick={restore}>
            Restore draft
          </Button>
        </div>
      }
    >
      {offered.version === version ? "They are kept in this browser." : `They were made from version ${offered.version}; version ${version} is active now.`}
    </Banner>
  );
}
