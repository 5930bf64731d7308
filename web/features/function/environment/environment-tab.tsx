export function EnvironmentTab({ fn }: { fn: { id: string } }) { return <p>{fn.id}</p>; }
