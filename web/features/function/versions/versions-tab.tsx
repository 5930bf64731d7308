export function VersionsTab({ fn, path, unsaved }: { fn: { id: string }; path: string; unsaved: boolean }) { return <p>{fn.id}{path}{String(unsaved)}</p>; }
