export function SettingsTab({ fn }: { fn: { id: string } }) { return <p>{fn.id}</p>; }
