import { IsolationPicture } from "./isolation-picture";

const inside: [string, string][] = [
  ["Files", "A read-only root with the language runtime and one version of your code. /tmp is memory and gone afterwards."],
  ["Network", "None but loopback. Nothing of the host or beyond can be reached."],
  ["Privileges", "No capabilities, no way to gain any, and a filter on system calls."],
  ["Limits", "Memory, CPU, processes, open files and time. Using them up ends the function, not the agent beside it."],
  ["Afterwards", "The machine is destroyed. A function may ask for warm reuse instead, and then only meets what it left itself."],
];

const kinds: { term: string; container: string; microvm: string }[] = [
  { term: "State", container: "Works today", microvm: "Planned, not in this version" },
  { term: "Kernel", container: "The host's, behind a system call filter", microvm: "One of its own, under KVM" },
  { term: "Fit for", container: "Your code and that of people you trust", microvm: "People who do not trust each other" },
  { term: "Needs", container: "A Linux kernel with user namespaces; no root", microvm: "Access to /dev/kvm" },
];

export function Isolation() {
  return (
    <section aria-labelledby="isolation" className="border-t">
      <div className="px-4 pt-10 pb-6 md:px-8">
        <h2 id="isolation" className="text-2xl font-semibold tracking-tight">
          What stands between a function and your host
        </h2>
        <p className="max-w-2xl pt-1 text-base text-pretty text-ink-2">
          A machine is made of Linux namespaces, control groups and a system call filter. The dashboard always says which protections your server has, and
          which ones it could not get.
        </p>
      </div>
      <div className="grid grid-cols-1 border-t lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="flex items-center justify-center border-b bg-sunken px-4 py-8 lg:border-r lg:border-b-0">
          <IsolationPicture />
        </div>
        <dl className="flex flex-col divide-y">
          {inside.map(([term, text]) => (
            <div key={term} className="grid grow content-center gap-x-6 gap-y-1 px-4 py-4 sm:grid-cols-[7rem_minmax(0,1fr)] md:px-8">
              <dt className="font-medium">{term}</dt>
              <dd className="max-w-xl text-pretty text-ink-2">{text}</dd>
            </div>
          ))}
        </dl>
      </div>
      <KindsOfMachine />
    </section>
  );
}

function KindsOfMachine() {
  return (
    <table className="w-full border-t text-left text-sm">
      <caption className="sr-only">Container machines and microVMs</caption>
      <thead>
        <tr className="text-ink-3">
          <td className="w-20 md:w-40" />
          <th scope="col" className="px-2 py-3 font-medium text-ink md:px-6">
            Container machine
          </th>
          <th scope="col" className="px-2 py-3 font-medium md:px-6">
            MicroVM
          </th>
        </tr>
      </thead>
      <tbody className="align-top">
        {kinds.map(({ term, container, microvm }) => (
          <tr key={term}>
            <th scope="row" className="border-t py-3 pl-4 font-normal text-ink-3 md:pl-8">
              {term}
            </th>
            <td className="border-t px-2 py-3 md:px-6">{container}</td>
            <td className="border-t px-2 py-3 text-ink-3 md:px-6">{microvm}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
