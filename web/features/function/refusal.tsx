import { ErrorNote } from "@/components/ui/error-state";
import { ApiError } from "@/lib/api/problem";

/** Why the server did not take a change, with everything it found wrong. */
export function Refusal({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const problems = error instanceof ApiError ? error.errors : [];
  return (
    <div className="flex flex-col gap-2">
      <ErrorNote error={error} />
      {/* Of one problem the answer's own text says everything. */}
      {problems.length > 1 && (
        <ul className="flex flex-col gap-1 text-sm text-failure">
          {problems.map(({ location, message }) => (
            <li key={`${location} ${message}`} className="break-words">
              <code>{location.replace(/^body\./, "")}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
