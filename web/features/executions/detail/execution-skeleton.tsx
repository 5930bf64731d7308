import { Skeleton } from "@/components/ui/skeleton";

export function ExecutionSkeleton() {
  return (
    <div role="status" aria-busy="true" aria-label="Loading the execution">
      <div className="flex flex-col gap-2 border-b py-4">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
      <div className="flex gap-12 border-b py-4">
        {["w-16", "w-16", "w-28", "w-14"].map((width, i) => (
          <div key={i} className="flex flex-col gap-2">
            <Skeleton className="h-3 w-12" />
            <Skeleton className={`h-5 ${width}`} />
          </div>
        ))}
      </div>
      <div className="grid gap-10 py-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Skeleton className="h-56 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
    </div>
  );
}
