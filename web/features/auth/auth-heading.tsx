export function AuthHeading({ title, description }: { title: string; description?: string }) {
  return (
    <div className="pb-6">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {description && <p className="pt-1 text-sm text-ink-3">{description}</p>}
    </div>
  );
}
