import { ErrorNote } from "@/components/ui/error-state";
import { formatDuration } from "@/lib/format";

/** What is wrong with the form as a whole. `wait` is how many seconds the server asks to wait before the next try. */
export function FormError({ error, wait }: { error: unknown; wait: number }) {
  if (wait === 0) return <ErrorNote error={error} />;
  const time = wait < 60 ? `${wait} s` : formatDuration(wait * 1000);
  return (
    <div className="rounded-md bg-warning-soft px-3 py-2 text-sm text-warning">
      <p role="alert">Too many attempts from your address.</p>
      <p>Try again in {time}.</p>
    </div>
  );
}
